package step

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// pin asks for the PIN that the key has.
func (s *keyPage) pin(state app.KeyState, give func(app.Secret)) keyStage {
	return func() kit.PageSpec {
		field := keyparts.NewPINField("key.pin", words.Text("key.pin.label", words.Values{"product": s.name(state)}))
		field.OnSubmitted = func(string) { s.Enter() }
		s.takes(field)
		s.SetNext(words.Text("button.next"), func() {
			if field.Text() == "" {
				s.Refuse(field, words.Text("key.pin.empty"))
				return
			}
			give(app.NewSecret(field.Text()))
		})
		lead := words.Text("key.pin.lead")
		if state.Key.ForcePINChange {
			lead = words.Text("key.pin.lead_change")
		}
		return kit.PageSpec{
			Heading: words.Text("key.pin.heading"), Lead: lead,
			Body: s.lastWord(state, field, field, keyparts.FewTries(state.Key)),
		}
	}
}

// newPIN asks for a PIN to set, twice.
func (s *keyPage) newPIN(state app.KeyState, give func(app.Secret)) keyStage {
	return func() kit.PageSpec {
		n := keyparts.NewPINForm(s.PageBase, state.Key, "key.new", "key.repeat")
		s.takes(n.PIN, n.Again)
		s.SetNext(words.Text("key.new.button"), func() {
			if !n.Refused("") {
				give(app.NewSecret(n.PIN.Text()))
			}
		})
		spec := kit.PageSpec{About: s.name(state), Heading: words.Text("key.new.heading"), Lead: words.Text("key.new.lead")}
		switch {
		case state.Key.HasPIN():
			spec.Heading, spec.Lead = words.Text("key.change.heading"), words.Text("key.change.lead")
		case s.step.Get != nil:
			spec.Lead = words.Text("key.new.lead_prove")
		}
		spec.Body = s.lastWord(state, n.PIN, append(n.Body(), kit.NewNote(kit.NoteWarning, words.Text("key.new.lost")))...)
		return spec
	}
}

// takes names the fields of this stage; the first has the focus.
func (s *keyPage) takes(fields ...*kit.Field) {
	s.First, s.Fields = fields[0].Entry(), map[string]shell.ErrorField{}
	for _, f := range fields {
		s.Fields[f.Key()] = f
	}
}

// lastWord is the body, with what was wrong with the last answer: beside the field when that was a PIN, otherwise above.
func (s *keyPage) lastWord(state app.KeyState, field *kit.Field, body ...fyne.CanvasObject) []fyne.CanvasObject {
	switch last := state.Last; {
	case last == nil:
	case last.Code == app.CodeKeyPINWrong || last.Code == app.CodeKeyPINShort || last.Code == app.CodeKeyPINPolicy:
		field.SetError(s.Window.Refusal(last))
	default:
		return append([]fyne.CanvasObject{kit.NewNote(kit.NoteInfo, s.Window.Refusal(last))}, body...)
	}
	return body
}
