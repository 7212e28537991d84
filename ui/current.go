package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// currentScreen takes the password that the person has now, once more: before it is changed, or to be unlocked with it.
type currentScreen struct {
	*sheet
	talk     *conversation
	words    string // prefix of the texts
	password *kit.Field
}

func newCurrent(c *conversation) *currentScreen {
	prefix := "current"
	if c.flow.Purpose == app.PurposeReset {
		prefix = "known"
	}
	s := &currentScreen{sheet: newStepSheet(c), talk: c, words: prefix, password: kit.NewField("current.password", words.Text(prefix+".label"))}
	s.password.SetPassword()
	s.fields = map[string]errorField{"password": s.password}
	s.password.OnChanged = func(string) { s.password.SetError("") }
	s.password.OnSubmitted = func(string) { s.onNext() }
	s.first = s.password.Entry()
	s.leave = func() { s.password.SetText("") }
	s.next(words.Text("button.next"), s.onNext)
	return s
}

func (s *currentScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text(s.words + ".heading"),
		Lead:    words.Text(s.words + ".lead"),
		Body:    []fyne.CanvasObject{s.password},
		Back:    s.talk.ways(),
	})
}

// failed says that the password is wrong: the user ID was not asked for.
func (s *currentScreen) failed(e *app.Error) {
	if e.Code == app.CodeSignIn {
		wrong := s.words + ".wrong"
		if n := s.talk.flow.Notice; n != nil && n.Code == app.NoticeUnlocked {
			wrong = "known.wrong_unlocked"
		}
		s.refuse(s.password, words.Text(wrong))
		return
	}
	s.sheet.failed(e)
}

func (s *currentScreen) onNext() {
	if s.password.Text() == "" {
		s.refuse(s.password, words.Text("sign_in.password_empty"))
		return
	}
	s.talk.submit(app.GiveCurrentPassword{Password: app.NewSecret(s.password.Text())})
}
