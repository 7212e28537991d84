package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// reconfirmScreen asks whether what was registered long ago is still right.
type reconfirmScreen struct {
	*sheet
	talk *conversation
	step app.Reconfirm
}

func newReconfirm(c *conversation, step app.Reconfirm) *reconfirmScreen {
	s := &reconfirmScreen{sheet: newStepSheet(c), talk: c, step: step}
	s.next(words.Text("reconfirm.button"), func() { c.submit(app.Finish{}) })
	return s
}

func (s *reconfirmScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("reconfirm.heading"),
		Lead:    words.Text("reconfirm.lead"),
		Body:    append(s.talk.registeredRows(s.step.Have), kit.NewText(words.Text("reconfirm.hint"), kit.Small)),
		Back:    s.talk.ways(),
		Secondary: kit.NewButton("reconfirm.change", words.Text("reconfirm.change"), kit.Secondary, func() {
			s.w.Go(Route{Place: PlaceFlow, Purpose: app.PurposeManage})
		}),
	})
}

// optional reports whether the page asks for something that may be put off.
func (c *conversation) optional() bool {
	switch c.flow.Now.(type) {
	case app.Reconfirm:
		return true
	case app.ChooseMethod:
		return c.flow.Purpose == app.PurposeRegister && c.w.session.Due == app.DueOffer && !c.w.session.ByPass
	}
	return false
}

// leaves reports whether going out signs out: from a session that is good for nothing else.
func (c *conversation) leaves() bool {
	s := c.w.session
	return s.ID != "" && c.flow.Purpose == app.PurposeRegister && (s.ByPass || s.Due == app.DueRegister)
}
