package methodtest

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// decoy makes credentials that nobody holds: the same stream gives the same, a gate with one begins as with a real one, and
// what would have passed that does not pass this.
func (s Subject) decoy(t *testing.T) {
	method, can := s.Method.(app.Decoyer)
	if !can {
		t.Fatal("it makes no decoys, so that in private disclosure only real accounts would have it")
	}
	c := s.enrolled(t, 23)
	real := s.gate(c, later())
	first := real.mustSubmit(nil)
	for seed := range uint64(50) {
		made, err := method.Decoy(turn(1000+seed), 0)
		again, err2 := method.Decoy(turn(1000+seed), 0)
		if err != nil || err2 != nil || !bytes.Equal(made.Secret, again.Secret) || len(made.Secret) == 0 {
			t.Fatalf("decoy %d: %v, %v, alike %v", seed, err, err2, bytes.Equal(made.Secret, again.Secret))
		}
		g := s.gate(c, later())
		g.turn.Credential, g.turn.Siblings = made.Secret, [][]byte{made.Secret}
		if r := g.mustSubmit(nil); r.Verdict != app.Undecided || reflect.TypeOf(r.Step) != reflect.TypeOf(first.Step) || len(r.Send) != len(first.Send) {
			t.Fatalf("decoy %d: begins at %T, a real one at %T", seed, r.Step, first.Step)
		}
		right := append(s.Prove, nil)[0]
		if right == nil {
			right = g.holder.Right(g.turn.Now)
		}
		if r := g.mustSubmit(right); r.Verdict != app.Wrong {
			t.Errorf("decoy %d: verdict %v", seed, r.Verdict)
		}
	}
	if _, err := method.Decoy(app.Turn{Rand: broken{}, Person: Ana, Settings: turn(1).Settings}, 0); err == nil {
		t.Error("a decoy was made without randomness")
	}
}
