package securitykey_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// holder is a person with a key.
type holder struct {
	key  keytest.Key
	step app.UseKey // the newest
	seen []string
}

func (h *holder) See(r app.Result) {
	if step, is := r.Step.(app.UseKey); is {
		h.step = step
		if step.Create != nil {
			h.seen = append(h.seen, string(step.Create.UserID), step.Create.DisplayName)
		}
	}
}

func (h *holder) Right(time.Time) app.Input { return h.answer() }

// answer uses the key as the step wants it, spoilt.
func (h *holder) answer(spoil ...func(*keytest.Draft)) app.GiveKey {
	if h.step.Create != nil {
		return app.GiveKey{Name: " Blue key ", Answer: h.key.Create(*h.step.Create, spoil...)}
	}
	answer := h.key.Get(*h.step.Get, spoil...)
	if answer.CredentialID == nil { // asked for what the key does not hold: it tries with what it has
		answer = (&keytest.Key{}).Claim(*h.step.Get)
	}
	return app.GiveKey{Answer: answer}
}

// wrongs are the ways to spoil an answer.
var wrongs = []func(*keytest.Draft){
	func(d *keytest.Draft) { d.Challenge = []byte("a challenge of somebody else's, 32") },
	func(d *keytest.Draft) { d.Origin = "https://harbour.example.evil.example" },
	func(d *keytest.Draft) { d.Origin = "http://reset.harbour.example" },
	func(d *keytest.Draft) { d.CrossOrigin = true },
	func(d *keytest.Draft) { d.RPID = "evil.example" },
	func(d *keytest.Draft) { d.Type = "webauthn.other" },
	func(d *keytest.Draft) { d.Flags &^= keytest.Present },
	func(d *keytest.Draft) { d.Flags &^= keytest.Verified },
	func(d *keytest.Draft) { d.Flags |= keytest.BackedUp }, // what is not eligible for it
}

func (h *holder) Wrong(_ time.Time, n int) app.Input { return h.answer(wrongs[n%len(wrongs)]) }

func (h *holder) Secrets() []string { return append(h.seen, "Blue key") }

func subject() methodtest.Subject {
	return methodtest.Subject{
		Method: securitykey.Method{}, Holder: func() methodtest.Holder { return &holder{key: keytest.Key{Random: rand.NewChaCha8([32]byte{})}} }, Life: 5 * time.Minute,
		Wrong: app.CodeKeyAnswer, Used: app.CodeKeyAnswer, Library: "key",
	}
}

func TestConformance(t *testing.T) { methodtest.Run(t, subject()) }

func FuzzMethod(f *testing.F) { methodtest.Fuzz(f, subject()) }

// TestSiblings refuses to register beside a key of another person, and to prove a key that is not among the person's.
func TestSiblings(t *testing.T) {
	enrol := func(account app.AccountID) (app.Turn, app.Result) {
		now := app.Turn{Now: methodtest.Start, Rand: rand.NewChaCha8([32]byte{}), Person: methodtest.Ana, Settings: settings(app.AttestNone)}
		now.Person.Account = account
		r := must(t)(securitykey.Method{}.Enrol(now, nil))
		now.State = r.State
		return now, must(t)(securitykey.Method{}.Enrol(now, app.GiveKey{Name: "Key", Answer: (&keytest.Key{}).Create(*r.Step.(app.UseKey).Create)}))
	}
	now, ana := enrol(methodtest.Ana.Account)
	_, bo := enrol("account-bo")
	now.State, now.Siblings = nil, [][]byte{ana.Credential.Secret, bo.Credential.Secret}
	if r, err := (securitykey.Method{}).Enrol(now, nil); app.CodeOf(err) != app.CodeInternal || r.Step != nil {
		t.Errorf("beside a key of another person: %T, %v", r.Step, err)
	}
	now.Credential, now.Siblings = ana.Credential.Secret, nil
	if r, err := (securitykey.Method{}).Prove(now, nil); app.CodeOf(err) != app.CodeInternal || r.Step != nil {
		t.Errorf("a key that is none of the person's: %T, %v", r.Step, err)
	}
}
