package step

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/shell"
)

// CodeUntil says until when a code that is on its way can be used, on the window's clock; zero while none is. Who waits for
// one looks at a telephone, and touches nothing here.
func CodeUntil(w *shell.Window) time.Time {
	f, is := w.Visit().(*flow)
	if !is {
		return time.Time{}
	}
	var until time.Time
	switch step := f.Now.(type) {
	case app.EnterCode:
		until = step.Expires
	case app.ConfirmOnPhone:
		if !step.Over {
			until = step.Expires
		}
	}
	if until.IsZero() {
		return time.Time{}
	}
	return f.local(until)
}
