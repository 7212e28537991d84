package methodtest

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// cancelled leaves a gate and comes back: a code that was sent in the first proves nothing in the second, and nothing else
// is lost.
func (s Subject) cancelled(t *testing.T) {
	c := s.enrolled(t, 17)
	left := s.gate(c, later())
	left.reach(s.Prove)
	old := left.holder.Right(left.turn.Now)

	g := s.gate(c, later().Add(time.Second))
	g.reach(s.Prove)
	if r, err := g.submit(old); s.Resends && (err != nil || r.Verdict != app.Wrong) {
		t.Errorf("the code of a conversation that was left: verdict %v, error %v", r.Verdict, err)
	}
	g = s.gate(c, later().Add(2*time.Minute))
	g.reach(s.Prove)
	if r := g.mustSubmit(g.holder.Right(g.turn.Now)); r.Verdict != app.Proven {
		t.Errorf("the right proof after a conversation that was left: verdict %v", r.Verdict)
	}
}

// pure takes each turn twice, as a backend does whose transaction failed: the same comes out, and what went in is as it
// was.
func (s Subject) pure(t *testing.T) {
	c := s.enrol(t, 18)
	c.twice(nil)
	for _, in := range s.Enrol {
		c.twice(in)
	}
	if !s.Knowledge {
		c.twice(c.holder.Wrong(c.turn.Now, 0))
	}
	r := c.twice(c.holder.Right(c.turn.Now))
	if r.Verdict != app.Proven || r.Credential == nil {
		t.Fatalf("verdict %v", r.Verdict)
	}
	c.turn.Credential = r.Credential.Secret
	g := s.gate(c, later())
	g.twice(nil)
	for _, in := range s.Prove {
		g.twice(in)
	}
	g.twice(g.holder.Wrong(g.turn.Now, 0))
	if r := g.twice(g.holder.Right(g.turn.Now)); r.Verdict != app.Proven {
		t.Fatalf("verdict %v", r.Verdict)
	}
}

// twice gives the same input to copies of the turn, and goes on with the second.
func (c *conversation) twice(in app.Input) app.Result {
	c.t.Helper()
	var seed [32]byte
	_, _ = c.turn.Rand.Read(seed[:])
	before := c.turn
	before.State, before.Credential = bytes.Clone(c.turn.State), bytes.Clone(c.turn.Credential)

	again := *c
	again.turn.Rand = rand.NewChaCha8(seed)
	first := again.mustSubmit(in)
	if !bytes.Equal(c.turn.State, before.State) || !bytes.Equal(c.turn.Credential, before.Credential) {
		c.t.Errorf("%T was written into what is kept", in)
	}
	c.turn.Rand = rand.NewChaCha8(seed)
	second := c.mustSubmit(in)
	if !reflect.DeepEqual(first, second) {
		c.t.Errorf("%T gave another result the second time", in)
	}
	return second
}
