package methodtest

import (
	"cmp"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

func (s Subject) roundTrip(t *testing.T) {
	if !s.Method.Kind().Valid() {
		t.Fatalf("kind %q is none of the product's", s.Method.Kind())
	}
	g := s.gate(s.enrolled(t, 1), later())
	g.reach(s.Prove)
	if r := g.mustSubmit(g.holder.Right(g.turn.Now)); r.Verdict != app.Proven || r.Step != nil {
		t.Fatalf("the right proof gave verdict %v and step %T", r.Verdict, r.Step)
	}
	again := s.gate(g, later().Add(time.Hour))
	again.reach(s.Prove)
	if r := again.mustSubmit(again.holder.Right(again.turn.Now)); r.Verdict != app.Proven {
		t.Fatalf("a second reset gave verdict %v", r.Verdict)
	}
}

// wrongCode is what a wrong proof is called; more would be a hint.
func (s Subject) wrongCode() app.Code {
	return cmp.Or(s.Wrong, app.CodeWrongCode)
}

// replay gives the proof that registered, and then one that passed a gate, a second time.
func (s Subject) replay(t *testing.T) {
	c := s.enrol(t, 2)
	c.reach(s.Enrol)
	first := c.holder.Right(c.turn.Now)
	c.turn.Credential = c.mustSubmit(first).Credential.Secret
	g := s.gate(c, Start)
	g.reach(s.Prove)
	if r, _ := g.submit(first); r.Verdict == app.Proven && !s.Knowledge {
		t.Error("the proof that registered passed a gate too")
	}

	g = s.gate(c, later())
	g.reach(s.Prove)
	right := g.holder.Right(g.turn.Now)
	if r := g.mustSubmit(right); r.Verdict != app.Proven {
		t.Fatalf("verdict %v", r.Verdict)
	}
	r, err := g.submit(right)
	if s.Knowledge {
		if app.CodeOf(err) != app.CodeNotNow {
			t.Errorf("the gate that was passed was judged again: verdict %v, error %v", r.Verdict, err)
		}
		return
	}
	if err != nil || r.Verdict != app.Wrong || r.Why != cmp.Or(s.Used, app.CodeCodeUsed) {
		t.Errorf("the same proof again: verdict %v, why %q, error %v", r.Verdict, r.Why, err)
	}
	g.turn.Now = g.turn.Now.Add(time.Minute)
	if r, err := g.submit(app.Resend{}); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a new code after the gate was passed: %d messages, error %v", len(r.Send), err)
	}
	other := s.gate(g, later().Add(time.Second))
	other.reach(s.Prove)
	if r, _ := other.submit(right); r.Verdict == app.Proven {
		t.Error("the same proof passed a gate of another flow")
	}
}

func (s Subject) expiry(t *testing.T) {
	if s.Life == 0 {
		g := s.gate(s.enrolled(t, 3), later())
		g.reach(s.Prove)
		g.turn.Now = g.turn.Now.Add(10 * 365 * 24 * time.Hour)
		if r, err := g.submit(g.holder.Right(g.turn.Now)); err != nil || r.Verdict != app.Proven {
			t.Errorf("after ten years the verdict is %v (%v)", r.Verdict, err)
		}
		return
	}
	for _, at := range []struct {
		after time.Duration
		good  bool
	}{{s.Life - time.Second, true}, {s.Life + time.Second, false}} {
		c := s.enrol(t, 3)
		c.reach(s.Enrol)
		right := c.holder.Right(c.turn.Now)
		c.turn.Now = c.turn.Now.Add(at.after)
		r, err := c.submit(right)
		if !at.good && s.Late != "" {
			if app.CodeOf(err) != s.Late || r.Verdict != app.Undecided {
				t.Errorf("registering: after %v the verdict is %v (%v)", at.after, r.Verdict, err)
			}
		} else if err != nil || (r.Verdict == app.Proven) != at.good {
			t.Errorf("registering: after %v the verdict is %v (%v)", at.after, r.Verdict, err)
		}
		g := s.gate(s.enrolled(t, 3), later())
		g.reach(s.Prove)
		right = g.holder.Right(g.turn.Now)
		g.turn.Now = g.turn.Now.Add(at.after)
		if r, err := g.submit(right); err != nil || (r.Verdict == app.Proven) != at.good {
			t.Errorf("at a gate: after %v the verdict is %v (%v)", at.after, r.Verdict, err)
		}
	}
}

// wrongProofs gives 100: the backend counts, the method says Wrong each time and lets none through.
func (s Subject) wrongProofs(t *testing.T) {
	c := s.enrol(t, 4)
	c.reach(s.Enrol)
	g := s.gate(s.enrolled(t, 5), later())
	g.reach(s.Prove)
	for _, c := range []*conversation{c, g} {
		if s.Knowledge && !c.prove {
			continue
		}
		for n := range 100 {
			r, err := c.submit(c.holder.Wrong(c.turn.Now, n))
			if err != nil || r.Verdict != app.Wrong || r.Why != s.wrongCode() {
				t.Fatalf("wrong proof %d: verdict %v, why %q, error %v", n, r.Verdict, r.Why, err)
			}
			if r.Step == nil || r.Credential != nil || len(r.Send) > 0 {
				t.Fatalf("wrong proof %d: step %T, credential %v, %d messages", n, r.Step, r.Credential != nil, len(r.Send))
			}
		}
		if r := c.mustSubmit(c.holder.Right(c.turn.Now)); r.Verdict != app.Proven {
			t.Errorf("the right proof after wrong ones: verdict %v", r.Verdict)
		}
	}
}

// resend asks for a new code too early, then in time: the code of the first message is dead then.
func (s Subject) resend(t *testing.T) {
	c := s.enrol(t, 6)
	c.reach(s.Enrol)
	g := s.gate(s.enrolled(t, 7), later())
	g.reach(s.Prove)
	for _, c := range []*conversation{c, g} {
		if !s.Resends {
			if _, err := c.submit(app.Resend{}); app.CodeOf(err) != app.CodeNotNow {
				t.Errorf("nothing is sent, yet Resend gave %v", err)
			}
			continue
		}
		s.resendIn(c)
	}
}

func (s Subject) resendIn(c *conversation) {
	c.t.Helper()
	old := c.holder.Right(c.turn.Now)
	opens := c.turn.Now.Add(c.turn.Settings.ResendAfter)
	c.turn.Now = opens.Add(-time.Second)
	_, err := c.submit(app.Resend{})
	early, ok := err.(*app.Error)
	if !ok || early.Code != app.CodeTooEarly || !early.RetryAt.Equal(opens) {
		c.t.Fatalf("Resend a second early gave %v", err)
	}
	c.turn.Now = opens
	r := c.mustSubmit(app.Resend{})
	if len(r.Send) != 1 || r.Notice == nil || r.Notice.Code != app.NoticeCodeResent || r.Verdict != app.Undecided {
		c.t.Fatalf("Resend gave %d messages, notice %v, verdict %v", len(r.Send), r.Notice, r.Verdict)
	}
	if r := c.mustSubmit(old); r.Verdict != app.Wrong {
		c.t.Errorf("the old proof gave verdict %v", r.Verdict)
	}
	if r := c.mustSubmit(c.holder.Right(c.turn.Now)); r.Verdict != app.Proven {
		c.t.Errorf("the new proof gave verdict %v", r.Verdict)
	}
}
