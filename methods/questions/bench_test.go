package questions

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

// BenchmarkAnswers is a gate of three answers at the real cost: so many a second is the limit of a core.
func BenchmarkAnswers(b *testing.B) {
	secret, p := enrolled(b, Method{})
	now := turn()
	now.Credential = secret
	r, err := Method{}.Prove(now, nil)
	if err != nil {
		b.Fatal(err)
	}
	p.See(r)
	now.State = r.State
	in := p.Right(now.Now).(app.GiveAnswers)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Method{}).Prepare(now, in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHash is the same work without anything around it: what argon2id itself takes.
func BenchmarkHash(b *testing.B) {
	salt := make([]byte, saltSize)
	for b.Loop() {
		for range 3 {
			defaultCost.hash("żółw", salt)
		}
	}
}
