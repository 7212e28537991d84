package step

import (
	"cmp"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// userIDPage asks who the person is.
type userIDPage struct {
	*shell.PageBase
	flow   *flow
	userID *kit.Field
}

func newUserID(f *flow, step app.EnterUserID) *userIDPage {
	s := &userIDPage{PageBase: newStepPage(f), flow: f, userID: kit.NewField("user_id.field", words.Text("sign_in.user_id"))}
	s.userID.SetText(cmp.Or(step.UserID, f.route.UserID))
	s.userID.SetPlaceholder(words.Text("sign_in.user_id_hint"))
	s.userID.OnChanged = func(string) { s.userID.SetError("") }
	s.userID.OnSubmitted = func(string) { s.onNext() }
	s.Fields = map[string]shell.ErrorField{"user_id": s.userID}
	s.First = s.userID.Entry()
	s.SetNext(words.Text("button.next"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *userIDPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("user_id.heading"),
		Lead:    words.Text("user_id.lead"),
		Body:    []fyne.CanvasObject{s.userID},
		Back:    s.flow.exits(),
	}
}

func (s *userIDPage) onNext() {
	userID, good := takeUserID(s.PageBase, s.userID)
	if !good {
		return
	}
	s.flow.submit(app.GiveUserID{UserID: userID})
}

// triagePage asks what happened.
type triagePage struct {
	*shell.PageBase
	flow *flow
	step app.Triage
}

func newTriage(f *flow, step app.Triage) *triagePage {
	return &triagePage{PageBase: newStepPage(f), flow: f, step: step}
}

// Build implements shell.Page.
func (s *triagePage) Build() kit.PageSpec {
	var rows []fyne.CanvasObject
	for _, reason := range s.step.Reasons {
		rows = append(rows, kit.NewRow("triage."+string(reason), kit.RowSpec{
			Icon:   ReasonIcon(reason),
			Title:  words.Text("reason." + string(reason) + ".title"),
			Detail: words.Text("reason." + string(reason) + ".detail"),
		}, func() { s.flow.submit(app.GiveReason{Reason: reason}) }))
	}
	return kit.PageSpec{
		Heading: words.Text("triage.heading"),
		Lead:    words.Text("triage.lead"),
		Body:    rows,
		Back:    s.flow.exits(),
	}
}

// ReasonIcon pictures a reason.
func ReasonIcon(r app.Reason) kit.Icon {
	switch r {
	case app.ReasonForgot:
		return kit.IconLock
	case app.ReasonLocked:
		return kit.IconUnlock
	}
	return kit.IconPerson
}
