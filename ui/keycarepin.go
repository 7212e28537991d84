package ui

import (
	"context"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// carePINScreen sets the first PIN of a key, or changes it.
type carePINScreen struct {
	*sheet
	care  *keyCare
	least int        // characters
	old   *kit.Field // nil when there is no PIN yet
	pin   *kit.Field
	again *kit.Field
	rules *kit.Checklist
}

func newCarePIN(c *keyCare) *carePINScreen {
	key := c.key()
	s := &carePINScreen{sheet: newSheet(c.w, "keycare_pin"), care: c, least: max(leastPIN, key.MinPINLength),
		pin: pinField("keycare.pin.new", text("keycare.pin_new")), again: pinField("keycare.pin.again", text("keycare.pin_again")),
		rules: kit.NewChecklist(),
	}
	s.fields = map[string]errorField{"new": s.pin, "again": s.again}
	s.first = s.pin.Entry()
	s.pin.OnChanged = func(string) { s.pin.SetError(""); s.judge() }
	s.again.OnChanged = func(string) { s.again.SetError(""); s.judge() }
	s.pin.OnSubmitted = func(string) { s.focus(s.again) }
	s.again.OnSubmitted = func(string) { s.onNext() }
	label := text("keycare.set_pin")
	if key.HasPIN {
		label = text("keycare.change_pin")
		s.old = pinField("keycare.pin.old", text("keycare.pin_old"))
		s.old.OnChanged = func(string) { s.old.SetError("") }
		s.old.OnSubmitted = func(string) { s.focus(s.pin) }
		s.fields["old"] = s.old
		s.first = s.old.Entry()
	}
	s.leave = s.wipe
	s.escape = func() { c.showKey("") }
	s.next(label, s.onNext)
	s.judge()
	return s
}

// pinField takes a PIN.
func pinField(key, label string) *kit.Field {
	f := kit.NewField(key, label)
	f.SetPassword()
	return f
}

func (s *carePINScreen) wipe() {
	s.pin.SetText("")
	s.again.SetText("")
	if s.old != nil {
		s.old.SetText("")
	}
}

func (s *carePINScreen) build() fyne.CanvasObject {
	p := kit.PageSpec{
		Heading: text("keycare.set_pin"),
		Lead:    text("keycare.set_pin_lead"),
		Body:    []fyne.CanvasObject{s.pin, s.again, s.rules, kit.NewNote(kit.NoteWarning, text("keycare.pin_lost"))},
		Back:    s.back(),
	}
	if s.old != nil {
		p.Heading, p.Lead = text("keycare.change_pin"), text("keycare.change_pin_lead")
		p.Body = append([]fyne.CanvasObject{s.care.fewTries(), s.old}, p.Body...)
	}
	return s.page(p)
}

func (s *carePINScreen) back() fyne.CanvasObject {
	return kit.NewButton("page.back", text("button.back"), kit.Link, func() { s.care.showKey("") })
}

// judge ticks the rules that hold.
func (s *carePINScreen) judge() {
	typed := s.pin.Text()
	s.rules.SetItems([]kit.Check{
		check(plural("keycare.rule.min", s.least), utf8.RuneCountInString(typed) >= s.least),
		check(text("keycare.rule.max", vars{"max": longestPIN}), typed != "" && len(typed) <= longestPIN),
		check(text("keycare.rule.same"), typed != "" && typed == s.again.Text()),
	})
}

func check(words string, met bool) kit.Check {
	if met {
		return kit.Check{Text: words, State: kit.Met}
	}
	return kit.Check{Text: words}
}

func (s *carePINScreen) onNext() {
	typed := s.pin.Text()
	problem := pinProblem(typed, s.least)
	switch {
	case s.w.task != nil: // the person tapped twice
	case s.old != nil && s.old.Text() == "":
		s.refuse(s.old, text("keycare.pin_empty"))
	case problem != "":
		s.refuse(s.pin, problem)
	case s.old != nil && typed == s.old.Text():
		s.refuse(s.pin, text("keycare.pin_same"))
	case typed != s.again.Text():
		s.refuse(s.again, text("key.new.mismatch"))
	default:
		s.send(app.NewSecret(typed))
	}
}

// send gives the key its PIN.
func (s *carePINScreen) send(pin app.Secret) {
	c, access, done := s.care, app.KeyAccess{ID: s.care.at}, text("keycare.pin_set")
	set := func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error { return m.SetPIN(ctx, a.ID, pin) }
	if s.old != nil {
		access.PIN, done = app.NewSecret(s.old.Text()), text("keycare.pin_changed")
		set = func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error { return m.ChangePIN(ctx, a, pin) }
	}
	c.run(access, func(ctx context.Context, m app.KeyManager, a app.KeyAccess) error {
		defer pin.Wipe()
		return set(ctx, m, a)
	}, func() { c.showKey(done) })
}

// failed says what the key refused beside the field that it refused.
func (s *carePINScreen) failed(e *app.Error) {
	switch {
	case e.Code == app.CodeKeyPINWrong && s.old != nil:
		s.old.SetText("")
		s.refuse(s.old, s.w.refusal(e))
	case e.Code == app.CodeKeyPINShort, e.Code == app.CodeKeyPINPolicy:
		s.refuse(s.pin, s.w.refusal(e))
	default:
		s.care.failed(s.sheet, e)
	}
}
