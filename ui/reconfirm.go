package ui

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// reconfirmScreen asks whether what was registered long ago is still right.
type reconfirmPage struct {
	*PageBase
	flow *flow
	step app.Reconfirm
}

func newReconfirm(c *flow, step app.Reconfirm) *reconfirmPage {
	s := &reconfirmPage{PageBase: newStepPage(c), flow: c, step: step}
	s.SetNext(words.Text("reconfirm.button"), func() { c.submit(app.Finish{}) })
	return s
}

func (s *reconfirmPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("reconfirm.heading"),
		Lead:    words.Text("reconfirm.lead"),
		Body:    append(s.flow.registeredRows(s.step.Have), kit.NewText(words.Text("reconfirm.hint"), kit.Small)),
		Back:    s.flow.exits(),
		Secondary: kit.NewButton("reconfirm.change", words.Text("reconfirm.change"), kit.Secondary, func() {
			s.Window.Go(Route{Place: PlaceFlow, Purpose: app.PurposeManage})
		}),
	}
}

// optional reports whether the page asks for something that may be put off.
func (c *flow) optional() bool {
	switch c.Now.(type) {
	case app.Reconfirm:
		return true
	case app.ChooseMethod:
		return c.Purpose == app.PurposeRegister && c.w.Session.Due == app.DueOffer && !c.w.Session.ByPass
	}
	return false
}

// leaves reports whether going out signs out: from a session that is good for nothing else.
func (c *flow) leaves() bool {
	s := c.w.Session
	return s.ID != "" && c.Purpose == app.PurposeRegister && (s.ByPass || s.Due == app.DueRegister)
}
