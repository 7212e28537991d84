package step

import (
	"cmp"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// signInPage takes the user ID and the password.
type signInPage struct {
	*shell.PageBase
	flow     *flow
	userID   *kit.Field
	password *kit.Field
	byPass   bool // a pass is taken too
	passOnly bool // and the password of some is none here
}

func newSignIn(f *flow, step app.EnterSignIn) *signInPage {
	s := &signInPage{PageBase: newStepPage(f), flow: f, byPass: step.Pass, passOnly: step.PassOnly,
		userID:   kit.NewField("sign_in.user_id", words.Text("sign_in.user_id")),
		password: kit.NewField("sign_in.password", words.Text("sign_in.password")),
	}
	s.userID.SetText(cmp.Or(step.UserID, f.route.UserID))
	s.userID.SetPlaceholder(words.Text("sign_in.user_id_hint"))
	s.password.SetPassword(words.Text("field.many_lines"))
	s.Fields = map[string]shell.ErrorField{"user_id": s.userID, "password": s.password}
	for _, field := range []*kit.Field{s.userID, s.password} {
		field.OnChanged = func(string) { field.SetError("") }
		field.OnSubmitted = func(string) { s.onNext() }
	}
	s.First = s.userID.Entry()
	if s.userID.Text() != "" {
		s.First = s.password.Entry()
	}
	s.Leave = func() { s.password.SetText("") }
	s.SetNext(words.Text("sign_in.button"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *signInPage) Build() kit.PageSpec {
	lead := "sign_in.lead"
	if s.passOnly {
		lead = "sign_in.pass_only"
	}
	return kit.PageSpec{
		Heading:   words.Text("sign_in.heading"),
		Lead:      words.Text(lead),
		Body:      []fyne.CanvasObject{s.userID, s.password, s.pass()},
		Back:      s.flow.exits(),
		Secondary: s.forgot(),
	}
}

// pass is the way in by a pass, where one is taken.
func (s *signInPage) pass() fyne.CanvasObject {
	if !s.byPass {
		return nil
	}
	return kit.NewLine(0, kit.NewButton("sign_in.pass", words.Text("sign_in.pass"), kit.Link, func() {
		s.flow.signInBy(true, s.userID.Text())
	}))
}

// forgot is the way from here to the reset, where it is turned on.
func (s *signInPage) forgot() fyne.CanvasObject {
	if !s.Window.Org.Reset {
		return nil
	}
	return kit.NewButton("sign_in.forgot", words.Text("sign_in.forgot"), kit.Secondary, func() {
		s.Window.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset, Reason: app.ReasonForgot, UserID: s.userID.Text()})
	})
}

func (s *signInPage) onNext() {
	userID, good := takeUserID(s.PageBase, s.userID)
	if !good {
		return
	}
	if s.password.Text() == "" {
		s.Refuse(s.password, words.Text("sign_in.password_empty"))
		return
	}
	s.flow.route.UserID = userID // for a page that leads on to a reset
	s.flow.submit(app.SignIn{UserID: userID, Password: app.NewSecret(s.password.Text())})
}

// takeUserID cleans the user ID in a field, and refuses what can be one in no directory: what it may hold else, the directory
// says. The field shows what is sent.
func takeUserID(page *shell.PageBase, field *kit.Field) (userID string, good bool) {
	field.SetText(typed.Identifier(field.Text()))
	userID, err := typed.UserID(field.Text())
	switch {
	case field.Text() == "":
		page.Refuse(field, words.Text("sign_in.user_id_empty"))
	case err != nil:
		page.Refuse(field, words.Text("error."+string(app.CodeBadUserID)))
	}
	return userID, err == nil
}
