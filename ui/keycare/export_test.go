package keycare

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/shell"
)

// What the tests of this package, which open the whole window, need of its insides.

// KeptPIN is the PIN that a visit keeps; empty without one.
func KeptPIN(w *shell.Window) app.Secret {
	if c, is := w.Visit().(*keyCare); is {
		return c.pin
	}
	return app.Secret{}
}

// Sampled tells the page of a finger's samples how one came out.
func Sampled(w *shell.Window, f app.FingerSample) { w.Shown().(*samplesPage).onSample(f) }
