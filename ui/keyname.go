package ui

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// longestName is how long a key's name may be, in characters.
const longestName = 40

// keyNameScreen takes the name of a key that made a credential; the flow stays where it is until it is given.
type keyNameScreen struct {
	*sheet
	talk   *conversation
	answer app.KeyAnswer
	name   *kit.Field
}

func newKeyName(c *conversation, answer app.KeyAnswer) *keyNameScreen {
	s := &keyNameScreen{sheet: newStepSheet(c), talk: c, answer: answer, name: kit.NewField("key.name", words.Text("key.name.label"))}
	suggested := []rune(strings.TrimSpace(product(answer.Product)))
	s.name.SetText(strings.TrimSpace(string(suggested[:min(len(suggested), longestName)])))
	s.name.OnChanged = func(string) { s.name.SetError("") }
	s.name.OnSubmitted = func(string) { s.onNext() }
	s.fields = map[string]errorField{"name": s.name}
	s.first = s.name.Entry()
	s.next(words.Text("key.name.button"), s.onNext)
	if field, can := s.first.(fyne.Shortcutable); can {
		field.TypedShortcut(&fyne.ShortcutSelectAll{})
	}
	return s
}

func (s *keyNameScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("key.name.heading"),
		Lead:    words.Text("key.name.lead"),
		Body: []fyne.CanvasObject{
			kit.NewColumn(8, s.name, kit.NewText(words.Text("key.name.hint", words.Values{"max": longestName}), kit.Small)),
			kit.NewKeyArt(kit.KeyThere),
		},
		Back:      s.talk.ways(),
		Secondary: s.talk.another(),
	})
}

func (s *keyNameScreen) onNext() {
	name := strings.TrimSpace(s.name.Text())
	switch {
	case name == "":
		s.refuse(s.name, words.Text("key.name.empty"))
	case utf8.RuneCountInString(name) > longestName:
		s.refuse(s.name, words.Text("key.name.long", words.Values{"max": longestName}))
	default:
		s.talk.submit(app.GiveKey{Answer: s.answer, Name: name})
	}
}

// failed keeps the page for what can be mended here: the name, and a way to the server that broke. Otherwise what the
// key made is of no use any more, and the key is asked anew.
func (s *keyNameScreen) failed(e *app.Error) {
	step, is := s.talk.flow.Now.(app.UseKey)
	if !is || e.Field == "name" || unknown(e.Code) || !e.RetryAt.IsZero() {
		s.sheet.failed(e)
		return
	}
	anew := newKey(s.talk, step)
	anew.held = true
	s.w.show(anew)
	anew.failed(e)
}
