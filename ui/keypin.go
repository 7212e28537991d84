package ui

import (
	"strconv"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

const (
	leastPIN   = 4  // characters, when the key doesn't say
	longestPIN = 63 // bytes (CTAP 2.1, section 6.5.1)
	fewRetries = 3  // wrong PINs left, from which on the page warns
)

// pin asks for the PIN that the key has.
func (s *keyScreen) pin(state app.KeyState, give func(app.Secret)) func() kit.PageSpec {
	return func() kit.PageSpec {
		field := s.pinField("key.pin", text("key.pin.label", vars{"product": product(state.Key.Product)}))
		s.next(text("button.next"), func() {
			if field.Text() == "" {
				s.refuse(field, text("key.pin.empty"))
				return
			}
			give(app.NewSecret(field.Text()))
		})
		lead := text("key.pin.lead")
		if state.Key.ForcePINChange {
			lead = text("key.pin.lead_change")
		}
		return kit.PageSpec{
			Heading: text("key.pin.heading"), Lead: lead,
			Body: append(s.lastWord(state, field), s.fewLeft(state.Key)),
		}
	}
}

// newPIN asks for a PIN to set, twice.
func (s *keyScreen) newPIN(state app.KeyState, give func(app.Secret)) func() kit.PageSpec {
	least := max(leastPIN, state.Key.MinPINLength)
	return func() kit.PageSpec {
		field := s.pinField("key.new", text("key.new.label"))
		again := s.pinField("key.repeat", text("key.new.again"))
		s.first = field.Entry()
		field.OnSubmitted = func(string) { s.focus(again) }
		s.next(text("key.new.button"), func() {
			switch why := pinProblem(field.Text(), least); {
			case why != "":
				s.refuse(field, why)
			case field.Text() != again.Text():
				s.refuse(again, text("key.new.mismatch"))
			default:
				give(app.NewSecret(field.Text()))
			}
		})
		spec := kit.PageSpec{Heading: text("key.new.heading"), Lead: text("key.new.lead")}
		if state.Key.HasPIN {
			spec.Heading, spec.Lead = text("key.change.heading"), text("key.change.lead")
		}
		rule := kit.NewText(text("key.new.rule", vars{"min": least}), kit.Small)
		spec.Body = append(s.lastWord(state, field), again, rule)
		return spec
	}
}

// pinField is a masked field of this page; Enter goes on.
func (s *keyScreen) pinField(key, label string) *kit.Field {
	field := kit.NewField(key, label)
	field.SetPassword()
	field.OnChanged = func(string) { field.SetError("") }
	field.OnSubmitted = func(string) { s.enter() }
	if s.fields == nil {
		s.fields = map[string]errorField{}
	}
	s.fields[key], s.first = field, field.Entry()
	return field
}

// lastWord is the field, with what was wrong with the last answer: beside it when that was a PIN, otherwise above.
func (s *keyScreen) lastWord(state app.KeyState, field *kit.Field) []fyne.CanvasObject {
	switch last := state.Last; {
	case last == nil:
	case last.Code == app.CodeKeyPINWrong || last.Code == app.CodeKeyPINShort || last.Code == app.CodeKeyPINPolicy:
		field.SetError(s.w.refusal(last))
	default:
		return []fyne.CanvasObject{kit.NewNote(kit.NoteInfo, s.w.refusal(last)), field}
	}
	return []fyne.CanvasObject{field}
}

// fewLeft warns before the last tries are used up; nil while there are enough.
func (s *keyScreen) fewLeft(k app.KeyInfo) fyne.CanvasObject {
	if !k.HasPIN || k.PINRetries > fewRetries {
		return nil
	}
	return kit.NewNote(kit.NoteWarning, plural("key.pin.few", k.PINRetries))
}

// pinProblem says what is wrong with a new PIN, as far as that can be seen here.
func pinProblem(typed string, least int) string {
	switch n := utf8.RuneCountInString(typed); {
	case n == 0:
		return text("key.pin.empty")
	case n < least:
		return refusal(&app.Error{Code: app.CodeKeyPINShort, Params: map[string]string{"min": strconv.Itoa(least)}}, "")
	case len(typed) > longestPIN:
		return text("key.new.long")
	}
	return ""
}
