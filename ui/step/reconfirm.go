package step

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// reconfirmPage asks whether what was registered long ago is still right.
type reconfirmPage struct {
	*shell.PageBase
	flow *flow
	step app.Reconfirm
}

func newReconfirm(f *flow, step app.Reconfirm) *reconfirmPage {
	s := &reconfirmPage{PageBase: newStepPage(f), flow: f, step: step}
	s.SetNext(words.Text("reconfirm.button"), func() { f.submit(app.Finish{}) })
	return s
}

// Build implements shell.Page.
func (s *reconfirmPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("reconfirm.heading"),
		Lead:    words.Text("reconfirm.lead"),
		Body:    append(s.flow.registeredRows(s.step.Have), kit.NewText(words.Text("reconfirm.hint"), kit.Small)),
		Back:    s.flow.exits(),
		Secondary: kit.NewButton("reconfirm.change", words.Text("reconfirm.change"), kit.Secondary, func() {
			s.Window.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeManage})
		}),
	}
}

// optional reports whether the page asks for something that may be put off.
func (f *flow) optional() bool {
	switch f.Now.(type) {
	case app.Reconfirm:
		return true
	case app.ChooseMethod:
		return f.Purpose == app.PurposeRegister && f.w.Session.Due == app.DueOffer && !f.w.Session.ByPass
	}
	return false
}

// leaves reports whether going out signs out: from a session that is good for nothing else.
func (f *flow) leaves() bool {
	s := f.w.Session
	return s.ID != "" && f.Purpose == app.PurposeRegister && (s.ByPass || s.Due == app.DueRegister)
}
