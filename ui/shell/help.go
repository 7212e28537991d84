package shell

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// HelpCard shows in the page's body how to reach the organisation's help desk; nil without one. While it stands there, nothing else
// does.
func (b *PageBase) HelpCard() fyne.CanvasObject {
	b.help = HelpCard(b.Window.Org.HelpDesk)
	return b.help
}

// shows reports whether something stands on the page.
func (b *PageBase) shows(o fyne.CanvasObject) (shown bool) {
	if o == nil || b.drawn == nil {
		return false
	}
	kit.Walk(b.drawn, func(child fyne.CanvasObject) bool {
		shown = child == o
		return shown
	})
	return shown
}

// yieldHelp leaves it to a card on the page to name the help desk: the rail does while there is none.
func (w *Window) yieldHelp() {
	b := w.page.Base()
	named := b.shows(b.help) || b.shows(b.noteHelp)
	switch {
	case w.railHelp == nil || w.railHelp.Visible() != named:
		return
	case named:
		w.railHelp.Hide()
	default:
		w.railHelp.Show()
	}
	w.frame.Refresh()
}

// HelpCard shows how to reach a help desk; nil without one.
func HelpCard(desk app.HelpDesk) fyne.CanvasObject {
	if desk.Name == "" {
		return nil
	}
	words := kit.NewColumn(2, kit.NewText(desk.Name, kit.Strong))
	for _, line := range []string{desk.Phone, desk.Hours, desk.Link} {
		if line != "" {
			words.Add(kit.NewText(line, kit.Muted))
		}
	}
	return kit.NewCard(kit.NewLine(16, kit.NewMark(kit.IconHelp, 24, kit.ColorPrimary), words))
}

// SupportCode shows the code by which the help desk finds the flow in the audit trail; nil without one.
func SupportCode(code string) fyne.CanvasObject {
	if code == "" {
		return nil
	}
	return kit.NewText(words.Text("support.code", words.Values{"code": code}), kit.Small)
}

// helpLines name the help desk, its phone bold and its hours: on one line where there is room.
func (w *Window) helpLines() fyne.CanvasObject {
	desk := w.Org.HelpDesk
	lines := []fyne.CanvasObject{kit.NewText(words.Text("rail.help", words.Values{"name": desk.Name}), kit.Small)}
	if desk.Phone != "" {
		lines = append(lines, kit.NewText(desk.Phone, kit.SmallStrong))
	}
	if desk.Hours != "" {
		lines = append(lines, kit.NewText(desk.Hours, kit.Small))
	}
	return kit.NewBeside(12, 0, lines...)
}
