// Package kiosk is the front of the same window on a screen that anybody may walk up to: one page to begin with, the flows
// that lead back in, keys on the screen, and nothing that stays behind. It fills the screen, and only staff with a PIN
// leave it.
package kiosk

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/tray"
)

// Keys says when keys are shown on the screen.
type Keys string

// When there are keys on the screen: with each field, by a button, never.
const (
	KeysShown  Keys = "shown"
	KeysButton Keys = "button"
	KeysOff    Keys = "off"
)

// Language is one that the texts are there in.
type Language struct {
	ID   string // BCP 47
	Name string // in itself
}

// Languages are those that are shipped.
func Languages() []Language { return []Language{{ID: words.Language, Name: "English"}} }

// Guard keeps the PIN by which staff leave.
type Guard interface {
	// Set reports whether there is a PIN.
	Set() bool
	// Try counts a try and says whether it was right. A refusal names the time of the next try; until then nothing is looked
	// at. The error is one of words: no try can be counted here, so that none is taken.
	Try(pin app.Secret) (right bool, next time.Time, err error)
}

// Options are what a kiosk needs of the world. Services and Guard must be set; everything else has a default.
type Options struct {
	Services   app.Services
	Guard      Guard
	Remembered app.Organisation // what is shown before the server has answered
	Trial      *tray.Trial      // the sample organisation's own, nil in a real kiosk
	Logon      *Logon           // beside a logon screen: the way back; nil elsewhere. Then there is no Guard
	Keys       app.KeyDriver    // security keys that are plugged in; nil: this build can't

	Layouts      []kit.KeyLayout // of the keys on the screen, the usual one first; nil: all
	ShowKeys     Keys            // "" is KeysShown
	Registration bool            // people may register here
	Languages    []Language      // nil: those that are shipped. The choice is shown where there are several
	Speak        func(id string) // another language was chosen
	Appearance   string          // "system", "light", "dark" or "contrast", until somebody chooses another

	Idle    time.Duration // without input, until the warning; zero: 60 s
	Warning time.Duration // for how long it is shown; zero: 20 s
	Rest    time.Duration // at the first page, until the screen rests; zero: 3 minutes

	Forget func()                                      // away from the UI, after each person: drop what the program holds of them
	Leave  func()                                      // staff leave
	Wiped  func()                                      // a conversation was taken away, since nobody was there any more
	Shown  func()                                      // another page is shown
	Facts  func() []Fact                               // what staff are told, away from the UI
	Newer  func() bool                                 // away from the UI, while the screen rests: another program has to take over
	Yield  func()                                      // it takes over now, nobody being there
	QR     func(text string) ([][]bool, error)         // as of step.Options
	Play   func(ctx context.Context, wav []byte) error // for the trial's tray

	Run              shell.Runner     // nil: goroutines that come back by kit.Do
	Clock            func() time.Time // nil: time.Now
	Rand             io.Reader        // nil: crypto/rand
	Region, Language string           // as of step.Options
	Size             fyne.Size        // of the window before it fills the screen; zero: 1024 × 700
}

// Fact is a line for staff.
type Fact struct{ Name, Value string }

// withDefaults fills what was left out.
func (o Options) withDefaults() Options {
	if o.Layouts == nil {
		o.Layouts = kit.KeyLayouts()
	}
	if o.ShowKeys == "" {
		o.ShowKeys = KeysShown
	}
	if o.Logon != nil && o.Rest == 0 {
		o.Rest = time.Minute
	}
	if o.Languages == nil {
		o.Languages = Languages()
	}
	for _, d := range []struct {
		is    *time.Duration
		usual time.Duration
	}{{&o.Idle, time.Minute}, {&o.Warning, 20 * time.Second}, {&o.Rest, 3 * time.Minute}} {
		if *d.is == 0 {
			*d.is = d.usual
		}
	}
	if o.Run == nil {
		o.Run = shell.Background{}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Size.IsZero() {
		o.Size = fyne.NewSize(1024, 700)
	}
	return o
}
