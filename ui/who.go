package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// userIDScreen asks who the person is.
type userIDScreen struct {
	*sheet
	talk   *conversation
	userID *kit.Field
}

func newUserID(c *conversation, step app.EnterUserID) *userIDScreen {
	s := &userIDScreen{sheet: newStepSheet(c), talk: c, userID: kit.NewField("user_id.field", words.Text("sign_in.user_id"))}
	s.userID.SetText(firstOf(step.UserID, c.route.UserID))
	s.userID.SetPlaceholder(words.Text("sign_in.user_id_hint"))
	s.userID.OnChanged = func(string) { s.userID.SetError("") }
	s.userID.OnSubmitted = func(string) { s.onNext() }
	s.fields = map[string]errorField{"user_id": s.userID}
	s.first = s.userID.Entry()
	s.next(words.Text("button.next"), s.onNext)
	return s
}

func (s *userIDScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("user_id.heading"),
		Lead:    words.Text("user_id.lead"),
		Body:    []fyne.CanvasObject{s.userID},
		Back:    s.talk.ways(),
	})
}

func (s *userIDScreen) onNext() {
	if why := userIDProblem(s.userID.Text(), "sign_in.user_id_empty"); why != "" {
		s.refuse(s.userID, why)
		return
	}
	s.talk.submit(app.GiveUserID{UserID: strings.TrimSpace(s.userID.Text())})
}

// triageScreen asks what happened.
type triageScreen struct {
	*sheet
	talk *conversation
	step app.Triage
}

func newTriage(c *conversation, step app.Triage) *triageScreen {
	return &triageScreen{sheet: newStepSheet(c), talk: c, step: step}
}

func (s *triageScreen) build() fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, reason := range s.step.Reasons {
		rows = append(rows, kit.NewRow("triage."+string(reason), kit.RowSpec{
			Icon:   reasonIcon(reason),
			Title:  words.Text("reason." + string(reason) + ".title"),
			Detail: words.Text("reason." + string(reason) + ".detail"),
		}, func() { s.talk.submit(app.GiveReason{Reason: reason}) }))
	}
	return s.page(kit.PageSpec{
		Heading: words.Text("triage.heading"),
		Lead:    words.Text("triage.lead"),
		Body:    rows,
		Back:    s.talk.ways(),
	})
}

// reasonIcon pictures a reason.
func reasonIcon(r app.Reason) kit.Icon {
	switch r {
	case app.ReasonForgot:
		return kit.IconLock
	case app.ReasonLocked:
		return kit.IconUnlock
	}
	return kit.IconPerson
}
