package ui

import (
	"context"
	"crypto/rand"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/tray"
)

// Options are what the window needs of the world. Services or one of Connect and Try must be set; everything else has
// a default.
type Options struct {
	Services app.Services // zero: the first page is "connect or try"
	Trial    *Trial       // the sample organisation's own, nil in a configured installation

	// Connect gives the services of the organisation's server at an https address, and whether it is kept for the next start.
	// nil: not offered.
	Connect func(ctx context.Context, address string) (services app.Services, kept bool, err error)
	// Managed is the server that the organisation set, so that nobody here can choose another; empty where it set none.
	Managed string
	// Remembered is what is shown of the organisation before its server has answered, the help desk above all; zero for nothing.
	Remembered app.Organisation
	// Try gives the sample organisation. nil: not offered.
	Try func(ctx context.Context) (app.Services, *tray.Trial, error)

	// Keys drives the security keys that are plugged in, and KeyCare looks after them. nil: this build can't.
	Keys    app.KeyDriver
	KeyCare app.KeyManager
	// Keyring: people's computers here have a keyring that opens with the password they logged in with.
	Keyring bool

	QR    func(text string) ([][]bool, error)         // the modules of a QR code, true is dark; nil: the key is shown alone
	Play  func(ctx context.Context, wav []byte) error // plays speech to its end; nil: sound can't be played here
	Run   shell.Runner                                // nil: goroutines that come back by kit.Do
	Clock func() time.Time                            // nil: time.Now
	Rand  io.Reader                                   // for idempotency keys; nil: crypto/rand
	// Appearance is "light" or "dark", whatever the system says; empty or "system" goes by the system.
	Appearance string
	// Region is the country of the system's locale (ISO 3166-1 alpha-2), as which national phone numbers are read; empty
	// where the locale names none.
	Region string
	// Language is the person's, by the system (BCP 47: "de", "pt-BR"), in which an administrator's own questions are asked
	// where there are words in it; empty where the system names none.
	Language string
	// Size is the window's when it opens, in units; zero: 1024 × 700, or what of it there is room for.
	Size fyne.Size
	// Room is the most that the screen has for the window, in units; zero where that is not known.
	Room fyne.Size
	// Version is shown on the connect page, empty for none.
	Version string
}

// withDefaults fills what was left out.
func (o Options) withDefaults() Options {
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
		o.Size = within(o.Room, fyne.NewSize(1024, 700))
	}
	return o
}

// within is what of a size there is room for.
func within(room, size fyne.Size) fyne.Size {
	if room.IsZero() {
		return size
	}
	return size.Min(room)
}

// The types of the rooms behind the door that its importers use.
type (
	Window = shell.Window
	Route  = shell.Route
	Trial  = tray.Trial
	Sample = tray.Sample
)

// PlaceHome is the place that every way out leads to.
const PlaceHome = shell.PlaceHome
