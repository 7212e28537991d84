package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetest "fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/uitest"
)

func TestTheFaultPageSaysAllItIsGiven(t *testing.T) {
	const why = "/home/ana/.config/sparekey/settings.toml:2: server: must begin with https://"
	for _, desk := range []string{"", "IT help desk, ext. 4400"} {
		a := fynetest.NewTempApp(t)
		win := fynetest.NewTempWindow(t, nil)
		w := ui.NewFault(a, win, ui.Fault{Words: why, HelpDesk: desk})
		uitest.MustBeAt(t, w, "fault")
		uitest.MustSay(t, w, why)
		uitest.MustSay(t, w, words.Text("fault.help"))
		if desk != "" {
			uitest.MustSay(t, w, desk)
		}
		win.Resize(fyne.NewSize(800, 600))
		kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
			if text, is := o.(*canvas.Text); is && text.Text != "" {
				uitest.MustNotCut(t, w, "fault", text)
			}
			return false
		})
		uitest.OnKeyboard(t, w, "fault")
	}
}
