// Package entry is "Forgot my password?" on the screen of a display manager: a small button in a window of its own, beside whatever
// greeter is there. It asks X alone, so that what stands on a logon screen all day is small.
package entry

import (
	"context"
	"errors"
)

// ErrUnsupported says that this system's logon screen has no place for a button.
var ErrUnsupported = errors.New("there is no X server on this system")

// Options are what the button says and does.
type Options struct {
	Label  string // "Forgot my password?"
	Failed string // what it says for a while when nothing could be opened
	// Key opens it as well, "F1" to "F12"; empty for none. Where somebody else has that key, the button does without.
	Key string
	// Open opens what the button is for, and comes back when that is over. Meanwhile there is no button.
	Open func(ctx context.Context) error
	// Admit is the account whose programs may use the screen while Open is under way, beside those that may already; empty
	// for none.
	Admit string
}

// Show shows the button until ctx ends or the X server does. What DISPLAY names is the screen.
func Show(ctx context.Context, o Options) error { return show(ctx, o) }
