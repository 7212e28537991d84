package keycare

import (
	"cmp"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// triesNote warns of the last tries for the PIN, by what the key tells of them now.
type triesNote struct {
	box  *fyne.Container
	care *keyCare
	page *shell.PageBase
}

func newTriesNote(c *keyCare, page *shell.PageBase) *triesNote {
	n := &triesNote{box: kit.NewColumn(0), care: c, page: page}
	n.draw()
	return n
}

// renew says what is so now. A key that is blocked shows its own page, where that is said.
func (n *triesNote) renew() {
	if n.care.key().PINBlocked() {
		n.care.showKey("")
		return
	}
	n.draw()
	n.page.Refresh()
}

func (n *triesNote) draw() {
	few := keyparts.FewTries(*n.care.key())
	n.box.Objects, n.box.Hidden = nil, few == nil
	if few != nil {
		n.box.Add(few)
	}
}

// wrongPIN says beside its field that the PIN is wrong, and renews the warning of the last tries.
func (n *triesNote) wrongPIN(field *kit.Field, e *app.Error) {
	field.SetText("")
	n.care.count(cmp.Or(e.TriesLeft, app.Untold))
	n.page.Refuse(field, n.page.Window.Refusal(e))
}

// pausedPage is shown where the PIN was wrong too often in a row: the key takes none before it is put back.
type pausedPage struct {
	*shell.PageBase
	care *keyCare
}

func newPaused(c *keyCare) *pausedPage {
	s := &pausedPage{PageBase: shell.NewPageBase(c.w, "keycare_paused"), care: c}
	s.Escape = func() { c.showKey("") }
	return s
}

// Build implements shell.Page.
func (s *pausedPage) Build() kit.PageSpec {
	return kit.PageSpec{
		About:   s.care.name(),
		Heading: words.Text("key.trouble.pause"),
		Lead:    words.Text("key.trouble.pause_lead"),
		Body:    keyparts.Art(kit.KeyTrouble),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.Escape),
	}
}
