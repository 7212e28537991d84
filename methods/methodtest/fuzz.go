package methodtest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

// Fuzz gives a method any state, credential and text: it must not panic, and proves nothing.
func Fuzz(f *testing.F, s Subject) {
	seed := func(c *conversation, inputs []app.Input) {
		f.Add(c.prove, c.turn.State, c.turn.Credential, "ana.lima@example.org")
		for _, in := range append([]app.Input{nil}, inputs...) {
			r, err := c.submit(in)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(c.prove, r.State, c.turn.Credential, "000000")
		}
	}
	c := s.enrol(nil, 19)
	seed(c, s.Enrol)
	r, err := c.submit(c.holder.Right(c.turn.Now))
	if err != nil || r.Credential == nil {
		f.Fatalf("verdict %v, error %v", r.Verdict, err)
	}
	c.turn.Credential = r.Credential.Secret
	seed(s.gate(c, later()), s.Prove)

	f.Fuzz(func(t *testing.T, prove bool, state, credential []byte, text string) {
		for _, in := range []app.Input{nil, app.GiveCode{Digits: app.NewSecret(text)}, app.GiveAddress{Address: text}, app.Resend{}, app.Back{}, app.GiveKey{Name: text, Answer: app.KeyAnswer{
			CredentialID: []byte(text), ClientDataJSON: []byte(text), AttestationObject: []byte(text)}},
			app.GiveKey{Answer: app.KeyAnswer{CredentialID: state, ClientDataJSON: []byte(text), AuthenticatorData: state, Signature: credential}},
			app.GivePhone{Number: text, Region: "GB", Use: app.PhoneMobile}, app.GiveAnswers{Answers: []app.Answer{{Question: "first_pet", Answer: app.NewSecret(text)}}}} {
			c := s.enrol(t, 20)
			c.prove, c.turn.State, c.turn.Credential = prove, state, credential
			c.turn.Siblings = [][]byte{credential}
			if r, err := c.submit(in); r.Verdict == app.Proven || err != nil && (r.Step != nil || len(r.Send) > 0) {
				t.Fatalf("%T: verdict %v, error %v, %d messages", in, r.Verdict, err, len(r.Send))
			}
		}
	})
}
