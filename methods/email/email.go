// Package email is the private mailbox: a six-digit code goes to an address that works without the forgotten password.
package email

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
	"github.com/sparekey/sparekey/methods/sentcode"
)

// Method implements app.Method. Its zero value is ready.
type Method struct{}

var _ app.Contactable = Method{}

// Kind is app.KindEmail.
func (Method) Kind() app.Kind { return app.KindEmail }

// credential is the secret part of a registered address.
type credential struct {
	kept.Owned
	Address address `json:"address"`
}

// Enrol asks for an address, sends a code there and registers it once the code comes back.
func (m Method) Enrol(t app.Turn, in app.Input) (app.Result, error) {
	if in == nil {
		return kept.Result(newState(t, kept.Enrol), app.EnterAddress{OwnDomains: t.Settings.OwnDomains})
	}
	s, err := readState(t, kept.Enrol)
	if err != nil {
		return app.Result{}, err
	}
	switch in := in.(type) {
	case app.GiveAddress:
		return m.enrolAddress(t, s, in.Address)
	case app.Back:
		if !s.Asked {
			break
		}
		s.Asked = false
		return kept.Result(s, app.EnterAddress{OwnDomains: t.Settings.OwnDomains, Address: s.Address.Shown})
	case app.Resend:
		return s.resend(t)
	case app.GiveCode:
		return m.enrolCode(t, s, in)
	}
	return app.Result{}, &app.Error{Code: app.CodeNotNow}
}

// enrolAddress sends a code to an address. The same address again, before a new code may be sent, goes on with the
// code that is on its way.
func (Method) enrolAddress(t app.Turn, s *state, typed string) (app.Result, error) {
	if s.Asked || s.Used {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	a, err := read(t, typed)
	if err != nil {
		return app.Result{}, err
	}
	again := s.Address.same(a) && s.OnItsWay(t)
	s.Address, s.Masked, s.Asked = a, a.masked(), true
	if again {
		return kept.Result(s, s.WantProof(t))
	}
	return sentcode.Send(t, s, app.NoticeCodeSent)
}

func (Method) enrolCode(t app.Turn, s *state, in app.GiveCode) (app.Result, error) {
	r, err := sentcode.Check(t, s, in)
	if err != nil || r.Verdict != app.Proven {
		return r, err
	}
	c, err := keep(t, s.Address)
	if err != nil {
		return app.Result{}, err
	}
	r.Credential = &c
	return r, nil
}

// Prove sends a code to the address on file, to no other. With Settings.ConfirmFirst, and as long as nothing is proven,
// the person types that address in full before, and learns nothing of it from the page.
func (Method) Prove(t app.Turn, in app.Input) (app.Result, error) {
	c, err := kept.ReadCredential[credential](t, t.Credential)
	if err != nil {
		return app.Result{}, err
	}
	if !c.Address.valid() {
		return app.Result{}, app.Errorf(app.CodeInternal, "email: no address in the credential")
	}
	if in == nil {
		return begin(t, c)
	}
	s, err := readState(t, kept.Prove)
	if err != nil {
		return app.Result{}, err
	}
	if s.Asked && !s.Address.same(c.Address) {
		return app.Result{}, app.Errorf(app.CodeInternal, "email: the code went to another address")
	}
	switch in := in.(type) {
	case app.GiveAddress:
		return confirm(t, s, c, in.Address)
	case app.Resend:
		return s.resend(t)
	case app.GiveCode:
		return sentcode.Check(t, s, in)
	}
	return app.Result{}, &app.Error{Code: app.CodeNotNow}
}

// begin asks for the address or sends the code at once.
func begin(t app.Turn, c credential) (app.Result, error) {
	s := newState(t, kept.Prove)
	if t.Settings.ConfirmFirst && !t.Proven {
		return kept.Result(s, app.EnterAddress{Confirm: true, TriesLeft: t.TriesLeft})
	}
	s.Asked, s.Address = true, c.Address
	if t.Proven {
		s.Masked = c.Address.masked()
	}
	return sentcode.Send(t, s, app.NoticeCodeSent)
}

// confirm compares what was typed with the address on file. What the page shows afterwards is what was typed.
func confirm(t app.Turn, s *state, c credential, typed string) (app.Result, error) {
	if s.Asked || s.Used {
		return app.Result{}, &app.Error{Code: app.CodeNotNow}
	}
	a, err := parse(typed)
	if err != nil {
		return app.Result{}, err
	}
	if !a.same(c.Address) {
		r, err := kept.Result(s, app.EnterAddress{Confirm: true, Address: typed, TriesLeft: max(t.TriesLeft-1, 0)})
		r.Verdict, r.Why = app.Wrong, app.CodeWrongAddr
		return r, err
	}
	s.Asked, s.Address, s.Masked = true, c.Address, a.masked()
	return sentcode.Send(t, s, app.NoticeCodeSent)
}

// same compares two addresses as mail does, in a time that does not depend on where they differ.
func (a address) same(b address) bool {
	x, y := sha256.Sum256([]byte(strings.ToLower(a.Mailbox))), sha256.Sum256([]byte(strings.ToLower(b.Mailbox)))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
