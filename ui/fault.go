package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// Fault is why the program can't show what it is for.
type Fault struct {
	Words    string    // what went wrong
	HelpDesk string    // how to reach it, or empty
	Room     fyne.Size // as of Options
}

// faultPage is all that a window has that only says why there is no other.
type faultPage struct {
	*shell.PageBase
	fault Fault
}

// NewFault makes a window's content that says why there is no other, until it is closed. Call it on the UI thread.
func NewFault(a fyne.App, win fyne.Window, f Fault) *shell.Window {
	o := Options{Size: within(f.Room, fyne.NewSize(720, 480))}.withDefaults()
	w := shell.New(a, win, shell.Env{Run: o.Run, Clock: o.Clock, Rand: o.Rand, Size: o.Size})
	s := &faultPage{PageBase: shell.NewPageBase(w, "fault"), fault: f}
	s.Escape = a.Quit
	s.SetNext(words.Text("button.close"), a.Quit)
	w.Show(s)
	return w
}

// Build implements shell.Page.
func (s *faultPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("fault.heading"),
		Lead:    words.Text("fault.lead"),
		Body: []fyne.CanvasObject{
			kit.NewNote(kit.NoteWarning, s.fault.Words),
			kit.NewText(words.Text("fault.help"), kit.Body),
			shell.HelpCard(app.HelpDesk{Name: s.fault.HelpDesk}),
		},
	}
}
