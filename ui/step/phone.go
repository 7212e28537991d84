package step

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// phonePage takes a phone number: a new one with its use, or one on file typed in full.
type phonePage struct {
	*shell.PageBase
	flow      *flow
	step      app.EnterPhone
	uses      *kit.Options // nil where there is one use only
	number    *kit.Field
	hint      *kit.Text // how a number without its country's code is read
	extension *kit.Field
}

func newPhone(f *flow, step app.EnterPhone) *phonePage {
	s := &phonePage{PageBase: newStepPage(f), flow: f, step: step,
		number:    kit.NewField("phone.field", words.Text("phone.label")),
		extension: kit.NewField("phone.extension", words.Text("phone.extension")),
	}
	s.hint = kit.NewText(s.reading(), kit.Small)
	s.number.SetText(step.Number)
	s.number.SetPlaceholder(words.Text("phone.placeholder"))
	s.extension.SetText(step.Extension)
	for _, f := range []*kit.Field{s.number, s.extension} {
		f.OnChanged = func(string) {
			f.SetError("")
			s.hint.Show()
		}
		f.OnSubmitted = func(string) { s.onNext() }
		f.SetDigits()
	}
	s.Fields = map[string]shell.ErrorField{"number": s.number, "extension": s.extension}
	s.First = s.number.Entry()
	if !step.Confirm && len(step.Uses) > 1 {
		s.uses = kit.NewOptions("phone.use", words.Text("phone.use"), useNames(step.Uses), s.onUse)
		for i, use := range step.Uses {
			if use == step.Use {
				s.uses.Select(i)
			}
		}
	}
	s.onUse()
	s.SetNext(words.Text("phone.button."+string(step.Channel)), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *phonePage) Build() kit.PageSpec {
	channel := "." + string(s.step.Channel)
	heading, lead := "phone.heading"+channel, "phone.lead"+channel
	body := []fyne.CanvasObject{nil, kit.NewColumn(8, s.number, s.hint), s.extension}
	switch {
	case s.step.Confirm:
		heading, lead = "phone.heading_confirm", "phone.lead_confirm"+channel
	default:
		if s.uses != nil {
			body[0] = s.uses
		}
		body = append(body, kit.NewNote(kit.NoteInfo, words.Text("phone.risk")))
	}
	return kit.PageSpec{
		Heading:   words.Text(heading),
		Lead:      words.Text(lead),
		Body:      body,
		Back:      s.flow.exits(),
		Secondary: s.flow.another(),
	}
}

// reading says how a number without its country's code is read.
func (s *phonePage) reading() string {
	if s.flow.o.Region == "" {
		return words.Text("phone.region_none")
	}
	return words.Text("phone.region", words.Values{"region": s.flow.o.Region})
}

// use is what the number is for.
func (s *phonePage) use() app.PhoneUse {
	switch {
	case s.uses != nil:
		return s.step.Uses[s.uses.Selected()]
	case len(s.step.Uses) > 0:
		return s.step.Uses[0]
	}
	return ""
}

// onUse asks for an extension where one can be: an office's.
func (s *phonePage) onUse() {
	if s.use() == app.PhoneOffice && !s.step.Confirm {
		s.extension.Show()
	} else {
		s.extension.Hide()
	}
	s.Refresh()
}

func (s *phonePage) onNext() {
	s.number.SetText(typed.Identifier(s.number.Text()))
	number := s.number.Text()
	switch {
	case number == "":
		s.Refuse(s.number, words.Text("phone.empty"))
		return
	case s.flow.o.Region == "" && !strings.HasPrefix(number, "+") && !strings.HasPrefix(number, "＋"):
		s.hint.Hide() // the refusal says the same
		s.Refuse(s.number, words.Text("phone.fault.no_country"))
		return
	}
	in := app.GivePhone{Number: number, Region: s.flow.o.Region, Use: s.use()}
	if s.extension.Visible() {
		in.Extension = typed.Identifier(s.extension.Text())
	}
	if len(in.Extension) > 8 || strings.ContainsFunc(in.Extension, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsDigit(r) }) {
		s.Refuse(s.extension, words.Text("phone.fault.extension"))
		return
	}
	s.flow.submit(in)
}

// useName is what a use of a number is called; empty for none.
func useName(use app.PhoneUse) string {
	if key := "phone.use." + string(use); words.Known(key) {
		return words.Text(key)
	}
	return ""
}

func useNames(uses []app.PhoneUse) []string {
	var names []string
	for _, use := range uses {
		names = append(names, useName(use))
	}
	return names
}
