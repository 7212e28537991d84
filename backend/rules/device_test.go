package rules

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// drawn draws an account's credentials: of any kind, with few numbers, so that texts and calls often share one.
func drawn(r *rand.Rand) Credentials {
	var creds Credentials
	for i := range r.IntN(6) {
		c := port.CredentialRecord{ID: app.CredentialID(fmt.Sprint(i)), Kind: app.Kinds()[r.IntN(6)]}
		switch c.Kind {
		case app.KindSMS, app.KindVoice:
			c.Address = fmt.Sprintf("+4912345%d", r.IntN(3))
			if c.Kind == app.KindVoice && r.IntN(2) == 0 {
				c.Address += ";ext=4400"
			}
		case app.KindEmail:
			c.Address = fmt.Sprintf("%d@home.example", i)
		}
		if r.IntN(2) == 0 {
			c.Entered = c.Entered.AddDate(1, 0, 0)
		}
		creds = append(creds, c)
	}
	return creds
}

// mostGates tries every order of gates: each by another kind, and none by a number that has passed one.
func mostGates(creds Credentials, kinds map[app.Kind]bool, numbers map[string]bool) int {
	most := 0
	for _, c := range creds {
		number := DialledNumber(c)
		if kinds[c.Kind] || number != "" && numbers[number] {
			continue
		}
		kinds[c.Kind], numbers[number] = true, true
		most = max(most, 1+mostGates(creds, kinds, numbers))
		delete(kinds, c.Kind)
		delete(numbers, number)
	}
	return most
}

// TestStolenTelephoneIsOneDevice holds every rule that counts ways against all orders in which gates can be passed: a text
// and a call to one number are one telephone, whoever brought the number.
func TestStolenTelephoneIsOneDevice(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	p := policy.Default()
	p.Methods.Allowed = app.Kinds()
	rules := For(&p, func(app.Kind) app.Method { return nil }, Subject{})
	for range 5000 {
		creds := drawn(r)
		most := mostGates(creds, map[app.Kind]bool{}, map[string]bool{})
		kinds := rules.Kinds(creds)
		if got := rules.GatesCovered(creds, kinds); got != most {
			t.Fatalf("%+v cover %d gates, want %d", creds, got, most)
		}
		for gates := range 3 {
			if got := rules.Passable(creds, kinds, gates); got != (most >= gates) {
				t.Fatalf("%+v pass %d gates: %v", creds, gates, got)
			}
		}
		if got, want := rules.Missing(creds), max(2-most, 0); got != want {
			t.Fatalf("of %+v %d are missing, want %d", creds, got, want)
		}
		for _, c := range creds {
			for _, left := range creds.NotUsed(map[string]bool{DialledNumber(c): false}) {
				if c.Address != "" && DialledNumber(left) == DialledNumber(c) {
					t.Fatalf("after %+v %+v is left", c, left)
				}
			}
		}
	}
}

// TestStolenTelephoneIsNotRecommendedTwice: whoever has a number is recommended a way that needs another device.
func TestStolenTelephoneIsNotRecommendedTwice(t *testing.T) {
	p := policy.Default()
	p.Methods.Allowed = []app.Kind{app.KindSMS, app.KindVoice, app.KindEmail}
	rules := For(&p, func(app.Kind) app.Method { return nil }, Subject{})
	for _, kind := range []app.Kind{app.KindSMS, app.KindVoice} {
		creds := Credentials{{ID: "1", Kind: kind, Address: "+49123456"}}
		for _, choice := range rules.EnrolChoices(creds) {
			if choice.Recommended != (choice.Kind == app.KindEmail) {
				t.Errorf("beside %s: %+v", kind, choice)
			}
		}
		if more := rules.MoreChoices(creds); more[0].Kind != app.KindEmail {
			t.Errorf("beside %s first comes %+v", kind, more[0])
		}
	}
	p.Methods.Allowed = []app.Kind{app.KindSMS, app.KindVoice} // an office telephone is another one
	if choices := rules.EnrolChoices(Credentials{{ID: "1", Kind: app.KindSMS, Address: "+49123456"}}); !choices[1].Recommended {
		t.Errorf("nothing is recommended: %+v", choices)
	}
}
