package keycare

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// carePINPage sets the first PIN of a key, or changes it.
type carePINPage struct {
	*shell.PageBase
	care *keyCare
	old  *kit.Field // nil when there is no PIN yet
	new  *keyparts.PINForm
	few  *triesNote
}

func newCarePIN(c *keyCare) *carePINPage {
	key := c.key()
	s := &carePINPage{PageBase: shell.NewPageBase(c.w, "keycare_pin"), care: c}
	s.new = keyparts.NewPINForm(s.PageBase, *key, "keycare.pin.new", "keycare.pin.again")
	s.few = newTriesNote(c, s.PageBase)
	s.Fields = map[string]shell.ErrorField{"new": s.new.PIN, "again": s.new.Again}
	s.First = s.new.PIN.Entry()
	label := words.Text("key.new.button")
	if key.HasPIN() {
		label = words.Text("keycare.change_pin")
		s.old = keyparts.NewPINField("keycare.pin.old", words.Text("keycare.pin_old"))
		s.old.OnSubmitted = func(string) { s.Focus(s.new.PIN) }
		s.Fields["old"] = s.old
		s.First = s.old.Entry()
	}
	s.Leave = s.wipe
	s.Escape = func() { c.showKey("") }
	s.SetNext(label, s.onNext)
	return s
}

func (s *carePINPage) wipe() {
	s.new.Wipe()
	if s.old != nil {
		s.old.SetText("")
	}
}

// Build implements shell.Page.
func (s *carePINPage) Build() kit.PageSpec {
	p := kit.PageSpec{
		About:   s.care.name(),
		Heading: words.Text("key.new.heading"),
		Lead:    words.Text("key.new.lead"),
		Body:    append(s.new.Body(), kit.NewNote(kit.NoteWarning, words.Text("key.new.lost"))),
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, func() { s.care.showKey("") }),
	}
	if s.old != nil {
		p.Heading, p.Lead = words.Text("keycare.change_pin"), words.Text("keycare.change_pin_lead")
		p.Body = append([]fyne.CanvasObject{s.few.box, s.old}, s.new.Body()...)
	}
	return p
}

func (s *carePINPage) onNext() {
	old := ""
	if s.old != nil {
		old = s.old.Text()
	}
	switch {
	case s.Window.Busy(): // the person tapped twice
	case s.old != nil && old == "":
		s.Refuse(s.old, words.Text("keycare.pin_empty"))
	case s.new.Refused(old):
	default:
		s.send(app.NewSecret(s.new.PIN.Text()))
	}
}

// send gives the key its PIN.
func (s *carePINPage) send(pin app.Secret) {
	c, access, done := s.care, app.KeyAccess{ID: s.care.at}, words.Text("keycare.pin_set")
	set := func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error { return m.SetPIN(ctx, a.ID, pin) }
	if s.old != nil {
		access.PIN, done = app.NewSecret(s.old.Text()), words.Text("keycare.pin_changed")
		set = func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error { return m.ChangePIN(ctx, a, pin) }
	}
	c.run(access, func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error {
		defer pin.Wipe()
		return set(ctx, m, a)
	}, func() { c.showKey(done) })
}

func (s *carePINPage) renew() { s.few.renew() }

// Failed says what the key refused beside the field that it refused.
func (s *carePINPage) Failed(e *app.Error) {
	switch {
	case e.Code == app.CodeKeyPINWrong && s.old != nil:
		s.few.wrongPIN(s.old, e)
	case e.Code == app.CodeKeyPINShort, e.Code == app.CodeKeyPINPolicy:
		s.Refuse(s.new.PIN, s.Window.Refusal(e))
	default:
		s.care.Failed(s.PageBase, e)
	}
}
