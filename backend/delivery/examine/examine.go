// Package examine is how a provider of messages is tried: one message is sent, and each step is told as it ends, as a code for words.
package examine

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Finding is what one step found.
type Finding struct {
	Step   string            // a code: the text "deliver.step.STEP" names it, and ".ok" says that it went well
	About  string            // a host, an account, a receiver
	Params map[string]string // figures and names for the words
	Said   string            // in the peer's own words
	Remedy string            // a code: "deliver.remedy.REMEDY" says what is wrong, and ".do" what helps; empty: all is well
}

// Provider carries messages of one channel, and can be tried.
type Provider interface {
	port.Deliverer
	// Name is how the provider is called in logs and in the audit trail.
	Name() string
	// Examine sends one message, tells each step as it ends, and reports whether the provider took it. What it tells may hold the
	// receiver's address.
	Examine(ctx context.Context, m app.Message, tell func(Finding)) bool
	// Close ends the connections that are kept.
	Close() error
}
