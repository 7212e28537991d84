package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// currentScreen takes the password that the person has now, once more.
type currentScreen struct {
	*sheet
	talk     *conversation
	password *kit.Field
}

func newCurrent(c *conversation) *currentScreen {
	s := &currentScreen{sheet: newStepSheet(c), talk: c, password: kit.NewField("current.password", text("current.label"))}
	s.password.SetPassword()
	s.fields = map[string]errorField{"password": s.password}
	s.password.OnChanged = func(string) { s.password.SetError("") }
	s.password.OnSubmitted = func(string) { s.onNext() }
	s.first = s.password.Entry()
	s.leave = func() { s.password.SetText("") }
	s.next(text("button.next"), s.onNext)
	return s
}

func (s *currentScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: text("current.heading"),
		Lead:    text("current.lead"),
		Body:    []fyne.CanvasObject{s.password},
		Back:    s.talk.ways(),
	})
}

// failed says that the password is wrong: the user ID was not asked for.
func (s *currentScreen) failed(e *app.Error) {
	if e.Code == app.CodeSignIn {
		s.refuse(s.password, text("current.wrong"))
		return
	}
	s.sheet.failed(e)
}

func (s *currentScreen) onNext() {
	if s.password.Text() == "" {
		s.refuse(s.password, text("sign_in.password_empty"))
		return
	}
	s.talk.submit(app.GiveCurrentPassword{Password: app.NewSecret(s.password.Text())})
}
