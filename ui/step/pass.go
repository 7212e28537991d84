package step

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// passPage takes the user ID and a pass, in place of the password.
type passPage struct {
	*shell.PageBase
	flow   *flow
	userID *kit.Field
	pass   *kit.Field
}

func newPass(f *flow, step app.EnterSignIn) *passPage {
	s := &passPage{PageBase: newStepPage(f), flow: f,
		userID: kit.NewField("pass.user_id", words.Text("sign_in.user_id")),
		pass:   kit.NewField("pass.field", words.Text("pass.label")),
	}
	s.userID.SetText(cmp.Or(step.UserID, f.route.UserID))
	s.userID.SetPlaceholder(words.Text("sign_in.user_id_hint"))
	s.pass.SetPlaceholder(words.Text("pass.hint"))
	s.Fields = map[string]shell.ErrorField{"user_id": s.userID, "pass": s.pass}
	for _, field := range []*kit.Field{s.userID, s.pass} {
		field.OnChanged = func(string) { field.SetError("") }
		field.OnSubmitted = func(string) { s.onNext() }
	}
	s.First = s.userID.Entry()
	if s.userID.Text() != "" {
		s.First = s.pass.Entry()
	}
	s.Leave = func() { s.pass.SetText("") }
	s.SetNext(words.Text("sign_in.button"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *passPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("pass.heading"),
		Lead:    words.Text("pass.lead"),
		Body:    []fyne.CanvasObject{s.userID, s.pass},
		Back:    s.flow.exits(),
		Secondary: kit.NewButton("pass.password", words.Text("pass.password"), kit.Secondary, func() {
			s.flow.signInBy(false, s.userID.Text())
		}),
	}
}

func (s *passPage) onNext() {
	userID, good := takeUserID(s.PageBase, s.userID)
	if !good {
		return
	}
	given := app.NewSecret(s.pass.Text())
	if strings.TrimSpace(s.pass.Text()) == "" {
		s.Refuse(s.pass, words.Text("pass.empty"))
		return
	}
	if _, err := app.ReadPass(given); err != nil {
		s.Refuse(s.pass, words.Text("error."+string(app.CodeBadPass)))
		return
	}
	s.flow.submit(app.SignInWithPass{UserID: userID, Pass: given})
}

// signInBy switches between the password and the pass; the user ID stays.
func (f *flow) signInBy(pass bool, userID string) {
	f.route.Pass, f.route.UserID = pass, userID
	f.w.Show(f.newPage())
}

// signInChosen is the page that the person chose.
func (f *flow) signInChosen(step app.EnterSignIn) shell.Page {
	if f.route.Pass && step.Pass {
		return newPass(f, step)
	}
	return newSignIn(f, step)
}
