package step

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// longestName is how long a key's name may be, in characters.
const longestName = 40

// keyNamePage takes the name of a key that made a credential; the flow stays where it is until it is given.
type keyNamePage struct {
	*shell.PageBase
	flow   *flow
	answer app.KeyAnswer
	name   *kit.Field
}

func newKeyName(f *flow, answer app.KeyAnswer) *keyNamePage {
	s := &keyNamePage{PageBase: newStepPage(f), flow: f, answer: answer, name: kit.NewField("key.name", words.Text("key.name.label"))}
	suggested := []rune(strings.TrimSpace(keyparts.Product(answer.Product)))
	s.name.SetText(strings.TrimSpace(string(suggested[:min(len(suggested), longestName)])))
	s.name.OnChanged = func(string) { s.name.SetError("") }
	s.name.OnSubmitted = func(string) { s.onNext() }
	s.Fields = map[string]shell.ErrorField{"name": s.name}
	s.First = s.name.Entry()
	s.SetNext(words.Text("key.name.button"), s.onNext)
	if field, can := s.First.(fyne.Shortcutable); can {
		field.TypedShortcut(&fyne.ShortcutSelectAll{})
	}
	return s
}

// Build implements shell.Page.
func (s *keyNamePage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("key.name.heading"),
		Lead:    words.Text("key.name.lead"),
		Body: []fyne.CanvasObject{
			kit.NewColumn(8, s.name, kit.NewText(words.Text("key.name.hint", words.Values{"max": longestName}), kit.Small)),
			kit.NewKeyArt(kit.KeyThere),
		},
		Back:      s.flow.exits(),
		Secondary: s.flow.another(),
	}
}

func (s *keyNamePage) onNext() {
	name := typed.Name(s.name.Text())
	switch {
	case name == "":
		s.Refuse(s.name, words.Text("key.name.empty"))
	case utf8.RuneCountInString(name) > longestName:
		s.Refuse(s.name, words.Text("key.name.long", words.Values{"max": longestName}))
	default:
		s.flow.submit(app.GiveKey{Answer: s.answer, Name: name})
	}
}

// Failed keeps the page for what can be mended here: the name, and a way to the server that broke. Otherwise what the
// key made is of no use any more, and the key is asked anew.
func (s *keyNamePage) Failed(e *app.Error) {
	step, is := s.flow.Now.(app.UseKey)
	if !is || e.Field == "name" || shell.FateUnknown(e.Code) || !e.RetryAt.IsZero() {
		s.PageBase.Failed(e)
		return
	}
	anew := newKey(s.flow, step)
	anew.hereTried = true
	s.Window.Show(anew)
	anew.Failed(e)
}
