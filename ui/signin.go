package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// signInScreen takes the user ID and the password.
type signInScreen struct {
	*sheet
	talk     *conversation
	userID   *kit.Field
	password *kit.Field
	byPass   bool // a pass is taken too
}

func newSignIn(c *conversation, step app.EnterSignIn) *signInScreen {
	s := &signInScreen{sheet: newStepSheet(c), talk: c, byPass: step.Pass,
		userID:   kit.NewField("sign_in.user_id", words.Text("sign_in.user_id")),
		password: kit.NewField("sign_in.password", words.Text("sign_in.password")),
	}
	s.userID.SetText(firstOf(step.UserID, c.route.UserID))
	s.userID.SetPlaceholder(words.Text("sign_in.user_id_hint"))
	s.password.SetPassword()
	s.fields = map[string]errorField{"user_id": s.userID, "password": s.password}
	for _, field := range []*kit.Field{s.userID, s.password} {
		field.OnChanged = func(string) { field.SetError("") }
		field.OnSubmitted = func(string) { s.onNext() }
	}
	s.first = s.userID.Entry()
	if s.userID.Text() != "" {
		s.first = s.password.Entry()
	}
	s.leave = func() { s.password.SetText("") }
	s.next(words.Text("sign_in.button"), s.onNext)
	return s
}

func (s *signInScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading:   words.Text("sign_in.heading"),
		Lead:      words.Text("sign_in.lead"),
		Body:      []fyne.CanvasObject{s.userID, s.password, s.pass()},
		Back:      s.talk.ways(),
		Secondary: s.forgot(),
	})
}

// pass is the way in by a pass, where one is taken.
func (s *signInScreen) pass() fyne.CanvasObject {
	if !s.byPass {
		return nil
	}
	return kit.NewLine(0, kit.NewButton("sign_in.pass", words.Text("sign_in.pass"), kit.Link, func() {
		s.talk.signInBy(true, s.userID.Text())
	}))
}

// forgot is the way from here to the reset, where it is turned on.
func (s *signInScreen) forgot() fyne.CanvasObject {
	if !s.w.org.Reset {
		return nil
	}
	return kit.NewButton("sign_in.forgot", words.Text("sign_in.forgot"), kit.Secondary, func() {
		s.w.Go(Route{Place: PlaceFlow, Purpose: app.PurposeReset, Reason: app.ReasonForgot, UserID: s.userID.Text()})
	})
}

func (s *signInScreen) onNext() {
	if why := userIDProblem(s.userID.Text(), "sign_in.user_id_empty"); why != "" {
		s.refuse(s.userID, why)
		return
	}
	if s.password.Text() == "" {
		s.refuse(s.password, words.Text("sign_in.password_empty"))
		return
	}
	s.talk.submit(app.SignIn{UserID: strings.TrimSpace(s.userID.Text()), Password: app.NewSecret(s.password.Text())})
}

// refuse shows what can be seen to be wrong before anything is sent.
func (s *sheet) refuse(field errorField, why string) {
	field.SetError(why)
	s.focus(field)
	if o, ok := field.(fyne.CanvasObject); ok && s.drawn != nil {
		s.drawn.ScrollTo(o)
	}
}

// userIDProblem says what is wrong with a user ID, as far as that can be seen here.
func userIDProblem(typed, emptyKey string) string {
	id := strings.TrimSpace(typed)
	switch {
	case id == "":
		return words.Text(emptyKey)
	case len(id) > 256 || strings.ContainsFunc(id, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		return words.Text("error." + string(app.CodeBadUserID))
	}
	return ""
}

// firstOf gives the first word that isn't empty.
func firstOf(words ...string) string {
	for _, word := range words {
		if word != "" {
			return word
		}
	}
	return ""
}
