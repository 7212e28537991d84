package step

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// currentPage takes the password that the person has now, once more: before it is changed, or to be unlocked with it.
type currentPage struct {
	*shell.PageBase
	flow     *flow
	words    string // prefix of the texts
	password *kit.Field
}

func newCurrent(f *flow) *currentPage {
	prefix := "current"
	if f.Purpose == app.PurposeReset {
		prefix = "known"
	}
	s := &currentPage{PageBase: newStepPage(f), flow: f, words: prefix, password: kit.NewField("current.password", words.Text(prefix+".label"))}
	s.password.SetPassword(words.Text("field.many_lines"))
	s.Fields = map[string]shell.ErrorField{"password": s.password}
	s.password.OnChanged = func(string) { s.password.SetError("") }
	s.password.OnSubmitted = func(string) { s.onNext() }
	s.First = s.password.Entry()
	s.Leave = func() { s.password.SetText("") }
	s.SetNext(words.Text("button.next"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *currentPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text(s.words + ".heading"),
		Lead:    words.Text(s.words + ".lead"),
		Body:    []fyne.CanvasObject{s.password},
		Back:    s.flow.exits(),
	}
}

// Failed says that the password is wrong: the user ID was not asked for.
func (s *currentPage) Failed(e *app.Error) {
	if e.Code == app.CodeSignIn {
		wrong := s.words + ".wrong"
		if n := s.flow.Notice; n != nil && n.Code == app.NoticeUnlocked {
			wrong = "known.wrong_unlocked"
		}
		s.Refuse(s.password, words.Text(wrong))
		return
	}
	s.PageBase.Failed(e)
}

func (s *currentPage) onNext() {
	if s.password.Text() == "" {
		s.Refuse(s.password, words.Text("sign_in.password_empty"))
		return
	}
	s.flow.submit(app.GiveCurrentPassword{Password: app.NewSecret(s.password.Text())})
}
