package securitykey_test

import (
	"crypto/rand"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// BenchmarkProve is what a gate costs: a challenge, and the judgement of what the key made of it.
func BenchmarkProve(b *testing.B) {
	for name, algorithm := range map[string]int{"ES256": keytest.ES256, "EdDSA": keytest.EdDSA, "RS256": keytest.RS256} {
		b.Run(name, func(b *testing.B) {
			m, key := securitykey.Method{}, &keytest.Key{Algorithm: algorithm}
			turn := app.Turn{Now: methodtest.Start, Rand: rand.Reader, Person: methodtest.Ana, Settings: settings(app.AttestNone)}
			r := must(b)(m.Enrol(turn, nil))
			turn.State = r.State
			r = must(b)(m.Enrol(turn, app.GiveKey{Name: "Key", Answer: key.Create(*r.Step.(app.UseKey).Create)}))
			turn.Credential, turn.Siblings = r.Credential.Secret, [][]byte{r.Credential.Secret}
			for b.Loop() {
				r = must(b)(m.Prove(turn, nil))
				b.StopTimer()
				turn.State = r.State
				answer := key.Get(*r.Step.(app.UseKey).Get)
				b.StartTimer()
				if r = must(b)(m.Prove(turn, app.GiveKey{Answer: answer})); r.Verdict != app.Proven {
					b.Fatal(r.Why)
				}
			}
		})
	}
}

func must(t testing.TB) func(app.Result, error) app.Result {
	return func(r app.Result, err error) app.Result {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
}
