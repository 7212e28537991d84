package tray

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Trial holds what the window shows of the sample organisation.
type Trial struct {
	People []Sample
	Tray   app.Tray
	// Pass gives a sample person a pass, as the help desk does. nil: not offered.
	Pass func(ctx context.Context, userID string) (app.Pass, error)
	// Object says "this wasn't me" by the link of a message, in place of the page that a server has for it. nil: not offered.
	Object func(ctx context.Context, link string) error
}

// Sample is a person of the sample organisation.
type Sample struct {
	// State says what the person is good for: "ready", "registered", "one", "not_enabled", "elsewhere", "locked",
	// "admin", "never", "new" or "stale".
	State    string
	UserID   string
	Name     string
	Password string                 // empty when there is none
	App      func(time.Time) string // what the person's authenticator app shows; nil without one
	Contacts []string               // private address and number, which a reset asks for in full
}
