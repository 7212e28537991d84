package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

func laborious(p *policy.Policy) { p.Feature.ProofOfWork = policy.WorkUntrusted }

// solved is the answer to the puzzle at hand.
func solved(k *talk) app.GiveWork {
	k.w.t.Helper()
	nonce, err := work.Solve(k.w.t.Context(), at[app.ProveWork](k), 2)
	k.w.ok(err)
	return app.GiveWork{Nonce: nonce}
}

// unsolved is a number that does not solve the puzzle at hand.
func unsolved(k *talk) app.GiveWork {
	k.w.t.Helper()
	puzzle := at[app.ProveWork](k)
	for nonce := int64(0); ; nonce++ {
		if !work.Holds(puzzle, nonce) {
			return app.GiveWork{Nonce: nonce}
		}
	}
}

func TestWorkBeforeAnAccountIsLookedAt(t *testing.T) {
	w, ben := newWorld(t, laborious), someone(trial.Registered)
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID})
	if !k.flow.CanBack || k.flow.Contact {
		t.Errorf("back %v, contact %v", k.flow.CanBack, k.flow.Contact)
	}
	k.must(solved(k))
	at[app.Triage](k)
	k.must(app.Back{}, app.GiveUserID{UserID: "nobody"})
	k.must(solved(k))
	if code := at[app.Blocked](k).Code; code != app.CodeUnknown {
		t.Errorf("blocked by %s", code)
	}
}

func TestTooLittleWorkIsRefused(t *testing.T) {
	w := newWorld(t, laborious)
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody"})
	before := at[app.ProveWork](k)
	k.refused(unsolved(k), app.CodeWork)
	if after := at[app.ProveWork](k); string(after.Salt) == string(before.Salt) {
		t.Error("the puzzle may be tried again")
	}
	k.must(solved(k))
	at[app.Blocked](k)
}

func TestWorkExpires(t *testing.T) {
	w := newWorld(t, laborious)
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody"})
	answer, expires := solved(k), at[app.ProveWork](k).Expires
	w.clock.pass(expires.Sub(w.clock.Now()) + time.Microsecond)
	k.refused(answer, app.CodeWork)
	answer, expires = solved(k), at[app.ProveWork](k).Expires
	w.clock.pass(expires.Sub(w.clock.Now()))
	k.must(answer)
}

// What was solved for one name, flow or turn solves nothing for another: the puzzles differ.
func TestWorkServesOnce(t *testing.T) {
	w := newWorld(t, laborious)
	seen := map[string]bool{}
	fresh := func(k *talk) {
		salt := string(at[app.ProveWork](k).Salt)
		if seen[salt] {
			t.Error("a puzzle came twice")
		}
		seen[salt] = true
	}
	for range 2 {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody"})
		fresh(k)
		k.must(app.Back{}, app.GiveUserID{UserID: "nobody"})
		fresh(k)
		k.must(app.Back{}, app.GiveUserID{UserID: "somebody"})
		fresh(k)
		answer := solved(k)
		k.must(answer, app.Back{}, app.GiveUserID{UserID: "somebody"})
		fresh(k)
		if !work.Holds(at[app.ProveWork](k), answer.Nonce) {
			k.refused(answer, app.CodeWork)
			fresh(k)
		}
	}
}

// A name that nobody has is throttled where that is told, and leads back to the user ID: the work is used up. (An account's
// starts are counted once something is sent.)
func TestWorkIsNoWayRoundTheThrottle(t *testing.T) {
	w := newWorld(t, laborious, func(p *policy.Policy) { p.Feature.Disclosure = policy.Helpful })
	for range w.config.Policy.Recovery.StartsPerHour {
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody"})
		k.must(solved(k))
	}
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody"})
	k.refused(solved(k), app.CodeThrottled)
	at[app.EnterUserID](k)
}

func TestNoWorkInATrustedNetwork(t *testing.T) {
	w := newWorld(t, laborious, func(p *policy.Policy) { p.Feature.HelpfulNetworks = []string{"10.0.0.0/8"} })
	ctx := app.WithCaller(t.Context(), app.Caller{Origin: app.Origin{Network: "10.1.2.3"}})
	flow, err := w.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: w.key()})
	w.ok(err)
	ctx = app.WithCaller(t.Context(), app.Caller{Role: app.RoleFlow, Flow: flow.ID, Origin: app.Origin{Network: "10.1.2.3"}})
	flow, err = w.Submit(ctx, flow.ID, flow.Rev, w.key(), app.GiveUserID{UserID: someone(trial.Registered).UserID})
	w.ok(err)
	if _, triage := flow.Now.(app.Triage); !triage {
		t.Errorf("got %T", flow.Now)
	}
}
