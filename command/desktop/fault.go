package desktop

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop/alert"
	"github.com/sparekey/sparekey/ui"
)

// ShowFault tells a person who reads no terminal why there is no window, until the words are closed: in a plain window, or,
// where none can be made, in a box of the system's. helpDesk says how to reach it, or is empty.
func ShowFault(ctx context.Context, p Process, why error, helpDesk string) {
	var none *NoWindowError
	if !errors.As(why, &none) {
		err := runWindow(ctx, p, func(a fyne.App, win fyne.Window, room fyne.Size) *ui.Window {
			return ui.NewFault(a, win, ui.Fault{Words: why.Error(), HelpDesk: helpDesk, Room: room})
		}, func(fyne.Window, *ui.Window) {})
		if !errors.As(err, &none) {
			return
		}
	}
	text := why.Error() + "\n\n" + words.Text("fault.help")
	if helpDesk != "" {
		text += "\n" + helpDesk
	}
	_ = alert.Show(ctx, words.Text("fault.heading"), text) // who can't be shown anything has the words on the standard error
}
