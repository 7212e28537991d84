package step

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// unlockPage asks whether to keep the password, or to choose a new one: both lift the lock.
type unlockPage struct {
	*shell.PageBase
	flow *flow
}

func newUnlock(f *flow) *unlockPage {
	return &unlockPage{PageBase: newStepPage(f), flow: f}
}

// Build implements shell.Page.
func (s *unlockPage) Build() kit.PageSpec {
	row := func(key string, icon kit.Icon, in app.Input) fyne.CanvasObject {
		spec := kit.RowSpec{Icon: icon, Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}
		return kit.NewRow(key, spec, func() { s.flow.submit(in) })
	}
	return kit.PageSpec{
		Heading: words.Text("unlock.heading"),
		Lead:    words.Text("unlock.lead"),
		Body: []fyne.CanvasObject{
			row("unlock.only", kit.IconUnlock, app.GiveUnlock{Only: true}),
			row("unlock.new", kit.IconLock, app.GiveUnlock{}),
		},
		Back: s.flow.exits(),
	}
}
