package backend_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// pointless is why nobody waits for a message any more.
func (w *world) pointless(message string) string {
	w.t.Helper()
	why, err := w.Pointless(w.t.Context(), message)
	w.ok(err)
	return why
}

// TestACodeIsPointlessOnceNobodyWaitsForIt: it was handed over, as a call is that rings, and then replaced; or its gate was passed
// otherwise, the person gave up, or the account was frozen. Going to another way and back leaves it good.
func TestACodeIsPointlessOnceNobodyWaitsForIt(t *testing.T) {
	for name, how := range map[string]policy.Disclosure{"helpful": policy.Helpful, "private": policy.Private} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, disclose(how), allows(1, []app.Kind{app.KindAuthApp, app.KindEmail}), often, func(p *policy.Policy) { p.Codes.ConfirmDestination = false })
			ben := someone(trial.Registered)
			sent := func(k *talk) string {
				t.Helper()
				w.ok(w.Deliver(t.Context()))
				all := w.messages()
				return all[len(all)-1].ID
			}
			ways := func(why string, leave func(k *talk, first string)) {
				t.Helper()
				k := w.reset(ben).must(app.Choose{Kind: app.KindEmail})
				first := sent(k)
				if got := w.pointless(first); got != "" {
					t.Fatalf("a code that somebody waits for: %q", got)
				}
				leave(k, first)
				if got := w.pointless(first); got != why {
					t.Errorf("it is %q, want %q", got, why)
				}
				w.clock.pass(time.Hour)
			}
			ways("replaced", func(k *talk, first string) {
				w.clock.pass(31 * time.Second)
				k.must(app.Resend{})
				if got := w.pointless(sent(k)); got != "" {
					t.Errorf("the new one is %q", got)
				}
			})
			ways("", func(k *talk, _ string) { k.must(app.Back{}) })
			ways("ended", func(k *talk, _ string) { k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)) })
			ways("ended", func(k *talk, _ string) { w.ok(w.Cancel(k.ctx, k.flow.ID)) })
			ways("ended", func(*talk, string) { w.clock.pass(time.Hour) })
		})
	}
	w := newWorld(t)
	if got := w.pointless("nobody's"); got != "" {
		t.Errorf("what nobody knows is %q", got)
	}
}

// TestAStrangersDeadCodeIsNotSentLate: before a first proof in private disclosure nothing is read for the code that a new one replaces;
// it is held back when its next try comes.
func TestAStrangersDeadCodeIsNotSentLate(t *testing.T) {
	w := newWorld(t, private, allow(app.KindAuthApp, app.KindEmail), often, func(p *policy.Policy) { p.Codes.ConfirmDestination = false })
	g := w.through(&gateway{fail: errors.New("connection refused")})
	k := w.reset(someone(trial.Registered)).must(app.Choose{Kind: app.KindEmail})
	w.ok(w.Deliver(t.Context()))
	w.clock.pass(31 * time.Second)
	k.must(app.Resend{})
	g.fail = nil
	w.ok(w.Deliver(t.Context()))
	if trail := w.outboxTrail(); len(g.taken) != 1 || !slices.Contains(trail, "outbox.failed code; replaced") {
		t.Errorf("%d were sent, and the trail says %q", len(g.taken), trail)
	}
}

// TestACodeThatWaitedForItsTurnIsHeldBack, though it was leased before the person gave up.
func TestACodeThatWaitedForItsTurnIsHeldBack(t *testing.T) {
	w := newWorld(t)
	g := w.through(&gateway{})
	k := sendCode(w)
	w.clock.pass(2 * time.Second)
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	w.ok(w.Deliver(t.Context()))
	if trail := w.outboxTrail(); len(g.taken) != 0 || !slices.Contains(trail, "outbox.failed code; ended") {
		t.Errorf("%d were sent, and the trail says %q", len(g.taken), trail)
	}
}
