package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// unlockScreen asks whether to keep the password, or to choose a new one: both lift the lock.
type unlockScreen struct {
	*sheet
	talk *conversation
}

func newUnlock(c *conversation) *unlockScreen {
	return &unlockScreen{sheet: newStepSheet(c), talk: c}
}

func (s *unlockScreen) build() fyne.CanvasObject {
	row := func(key string, icon kit.Icon, in app.Input) fyne.CanvasObject {
		spec := kit.RowSpec{Icon: icon, Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}
		return kit.NewRow(key, spec, func() { s.talk.submit(in) })
	}
	return s.page(kit.PageSpec{
		Heading: words.Text("unlock.heading"),
		Lead:    words.Text("unlock.lead"),
		Body: []fyne.CanvasObject{
			row("unlock.only", kit.IconUnlock, app.GiveUnlock{Only: true}),
			row("unlock.new", kit.IconLock, app.GiveUnlock{}),
		},
		Back: s.talk.ways(),
	})
}
