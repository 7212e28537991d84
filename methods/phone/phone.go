// Package phone is what text messages and calls share: reading a number, sending a six-digit code there, taking the
// code. Packages sms and voice say what is their own.
package phone

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
	"github.com/sparekey/sparekey/methods/sentcode"
)

// Channel brings codes to telephones.
type Channel struct {
	Kind app.Kind       // KindSMS or KindVoice
	Uses []app.PhoneUse // that a number may have, one of each for a person
}

// credential is the secret part of a registered number.
type credential struct {
	kept.Owned
	Number number `json:"number"`
}

// Enrol asks for a number, sends a code there and registers it once the code comes back.
func (c Channel) Enrol(t app.Turn, in app.Input) (app.Result, error) {
	if in == nil {
		if len(c.free(t)) == 0 {
			return app.Result{}, &app.Error{Code: app.CodeLimit}
		}
		s := c.newState(t, kept.Enrol)
		return kept.Result(s, c.enterPhone(t, s))
	}
	s, err := c.readState(t, kept.Enrol)
	if err != nil {
		return app.Result{}, err
	}
	switch in := in.(type) {
	case app.GivePhone:
		return c.enrolNumber(t, s, in)
	case app.Back:
		if !s.Asked {
			break
		}
		s.Asked = false
		return kept.Result(s, c.enterPhone(t, s))
	case app.Resend:
		return s.resend(t)
	case app.GiveCode:
		return c.enrolled(t, s, func() (app.Result, error) { return s.check(t, in) })
	case app.Keyed:
		return c.enrolled(t, s, func() (app.Result, error) { return s.keyed(t, in) })
	}
	return app.Result{}, &app.Error{Code: app.CodeNotNow}
}

// free are the uses that the person has no number for yet.
func (c Channel) free(t app.Turn) []app.PhoneUse {
	return slices.DeleteFunc(slices.Clone(c.Uses), func(use app.PhoneUse) bool {
		return slices.Contains(t.Variants, string(use))
	})
}

func (c Channel) enterPhone(t app.Turn, s *state) app.EnterPhone {
	return app.EnterPhone{Channel: c.Kind, Uses: c.free(t), Number: s.Typed, Extension: s.Number.Extension, Use: s.Number.Use}
}

// enrolNumber sends a code to a number. The same number again, before a new code may be sent, goes on with the code that
// is on its way.
func (c Channel) enrolNumber(t app.Turn, s *state, in app.GivePhone) (app.Result, error) {
	switch {
	case s.Asked || s.Used:
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	case !slices.Contains(c.Uses, in.Use):
		return app.Result{}, &app.Error{Code: app.CodePhoneUse, Field: "number"}
	case !slices.Contains(c.free(t), in.Use):
		return app.Result{}, &app.Error{Code: app.CodeLimit}
	}
	n, err := read(in)
	if err != nil {
		return app.Result{}, err
	}
	again := same(s.Number.dial(), n.dial()) && s.OnItsWay(t)
	typed, _ := split(in.Number) // an extension has a field of its own
	s.Number, s.Typed, s.Masked, s.Asked = n, typed, n.masked(), true
	if again {
		return kept.Result(s, s.WantProof(t))
	}
	return s.send(t, app.NoticeCodeSent)
}

// enrolled registers the number once judge found it proven.
func (c Channel) enrolled(t app.Turn, s *state, judge func() (app.Result, error)) (app.Result, error) {
	if s.Asked && !slices.Contains(c.free(t), s.Number.Use) { // another window was faster
		return app.Result{}, &app.Error{Code: app.CodeLimit}
	}
	r, err := judge()
	if err != nil || r.Verdict != app.Proven {
		return r, err
	}
	made, err := keep(t, s.Number)
	if err != nil {
		return app.Result{}, err
	}
	r.Credential = &made
	return r, nil
}

// Prove sends a code to a number on file, to no other. With Settings.ConfirmFirst, and as long as nothing is proven, the
// person types that number in full before, and learns nothing of it from the page, not even what it is for. Where there are
// several, the number that is typed picks one; but in private, where nobody learns that there are, the code goes to
// Credential's at once, and a new code to the next one.
func (c Channel) Prove(t app.Turn, in app.Input) (app.Result, error) {
	registered, err := kept.ReadCredential[credential](t, t.Credential)
	if err != nil {
		return app.Result{}, err
	}
	if !registered.Number.valid() || !slices.Contains(c.Uses, registered.Number.Use) {
		return app.Result{}, app.Errorf(app.CodeInternal, "phone: no number of this channel in the credential")
	}
	if in == nil {
		return c.begin(t, registered.Number)
	}
	s, err := c.readState(t, kept.Prove)
	if err != nil {
		return app.Result{}, err
	}
	if given, is := in.(app.GivePhone); is {
		return c.confirm(t, s, registered.Number, given)
	}
	if takes(in) && s.elsewhere(registered.Number) {
		return s.wrong(t, app.CodeWrongCode)
	}
	switch in := in.(type) {
	case app.Resend:
		return c.resendToNext(t, s)
	case app.GiveCode:
		return s.check(t, in)
	case app.Keyed:
		return s.keyed(t, in)
	}
	return app.Result{}, &app.Error{Code: app.CodeNotNow}
}

// resendToNext sends a new code: in private, where nobody said which number is meant, to the next of the person's.
func (c Channel) resendToNext(t app.Turn, s *state) (app.Result, error) {
	if !t.Private || s.Masked != "" {
		return s.resend(t)
	}
	if err := sentcode.MayResend(t, s); err != nil {
		return app.Result{}, err
	}
	var numbers []number
	at := 0
	for _, secret := range t.Siblings {
		other, err := kept.ReadCredential[credential](t, secret)
		if err != nil {
			return app.Result{}, err
		}
		if same(other.Number.dial(), s.Number.dial()) {
			at = len(numbers)
		}
		numbers = append(numbers, other.Number)
	}
	if len(numbers) > 0 {
		s.Number = numbers[(at+1)%len(numbers)]
	}
	return s.resend(t)
}

// takes reports whether an input is one that a code or a call wants.
func takes(in app.Input) bool {
	switch in.(type) {
	case app.Resend, app.GiveCode, app.Keyed:
		return true
	}
	return false
}

// begin asks for the number or sends the code at once.
func (c Channel) begin(t app.Turn, n number) (app.Result, error) {
	s := c.newState(t, kept.Prove)
	several := len(t.Variants) > 1 && !t.Private
	if several || t.Settings.ConfirmFirst && !t.Proven {
		return kept.Result(s, app.EnterPhone{Channel: c.Kind, Confirm: true, TriesLeft: t.TriesLeft})
	}
	s.Asked, s.Number = true, n
	if t.Proven {
		s.Masked = n.masked()
	}
	return s.send(t, app.NoticeCodeSent)
}

// confirm compares what was typed with the number on file. What the page shows afterwards is what was typed.
func (c Channel) confirm(t app.Turn, s *state, n number, in app.GivePhone) (app.Result, error) {
	if s.Asked || s.Used {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	typed, err := parse(in.Number, in.Region)
	if err != nil {
		return app.Result{}, err
	}
	if !same(typed.e164, n.E164) {
		r, err := kept.Result(s, app.EnterPhone{Channel: c.Kind, Confirm: true, Number: in.Number, TriesLeft: max(t.TriesLeft-1, 0)})
		r.Verdict, r.Why = app.Wrong, app.CodeWrongPhone
		return r, err
	}
	s.Asked, s.Number, s.Masked = true, n, n.masked()
	return s.send(t, app.NoticeCodeSent)
}
