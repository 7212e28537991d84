package backend_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// What is over stays over, whatever is asked of it.

// endings are the ways in which a conversation ends but by itself.
var endings = map[string]func(k *walk, p *path){
	"cancelled": func(k *walk, p *path) { k.ok(k.Cancel(p.ctx, p.flow.ID)) },
	"expired":   func(k *walk, _ *path) { k.clock.pass(k.policy.Flows.Lifetime + time.Second) },
	"abandoned": func(k *walk, _ *path) {
		k.clock.pass(k.policy.Flows.Lifetime + time.Second)
		k.ok(k.Sweep(k.t.Context()))
	},
	"swept": func(k *walk, _ *path) {
		k.clock.pass(2*time.Hour + k.policy.Flows.Lifetime)
		k.ok(k.Sweep(k.t.Context()))
	},
	"ended by others": func(k *walk, p *path) {
		k.ok(k.config.Store.Update(k.t.Context(), func(tx port.Tx) error {
			rec, err := tx.Flow(p.flow.ID)
			if err == nil && rec.Ended.IsZero() {
				_, err = tx.EndFlows(rec.Account, "another", k.clock.Now())
			}
			return err
		}))
	},
}

// Threat: an input that was taken, sent again after its conversation has ended, is answered by a fault. Whatever was taken,
// however it ended: an answer has a page, or is a refusal that says why.
func TestARepeatAfterTheEndHasAPageOrAProblem(t *testing.T) {
	exhaustive(t)
	t.Parallel()
	repeated := map[string]int{}
	for seed := range 4 {
		for _, ending := range sorted(keysOfAny(endings)) {
			k := newWalk(t, rand.New(rand.NewPCG(uint64(seed), 11)))
			k.wrong = 1 // honest people get everywhere
			for range 3 {
				k.goOn(40)
				for _, p := range k.flows {
					if p.last.in == nil || p.last.code != "" {
						continue
					}
					endings[ending](k, p)
					flow, err := k.Submit(p.ctx, p.flow.ID, p.last.rev, p.last.key, p.last.in)
					repeated[fmt.Sprintf("%T", p.last.in)]++
					if err == nil && flow.Now == nil || app.CodeOf(err) == app.CodeInternal {
						t.Errorf("%s: %T, %s, and sent again: %+v, %v", p.purpose, p.last.in, ending, flow, err)
					}
				}
				k.flows = nil
			}
		}
	}
	if len(repeated) < 10 {
		t.Errorf("only these were repeated: %v", repeated)
	}
}

func keysOfAny[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// sessionEnds are the ways in which a session ends.
var sessionEnds = map[string]func(w *world, ben trial.Person, k *talk, grant app.Grant){
	"signed out": func(w *world, _ trial.Person, _ *talk, grant app.Grant) { w.ok(w.EndSession(w.with(grant.Access))) },
	"everywhere": func(w *world, ben trial.Person, _ *talk, _ app.Grant) {
		w.clock.pass(time.Minute)
		at[app.Done](w.manage(ben).must(app.SignOutEverywhere{}))
	},
	"reset": func(w *world, ben trial.Person, _ *talk, _ app.Grant) {
		w.clock.pass(time.Minute)
		at[app.Done](w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)}))
	},
	"renewal reuse": func(w *world, _ trial.Person, _ *talk, grant app.Grant) {
		next, err := w.Renew(w.t.Context(), grant.Refresh)
		w.ok(err)
		_, err = w.caller(next.Access)
		w.ok(err)
		if _, err := w.Renew(w.t.Context(), grant.Refresh); app.CodeOf(err) != app.CodeSignedOut {
			w.t.Fatalf("a token that was rotated away: %v", err)
		}
	},
	"ended in the store, as with a pass that is revoked": func(w *world, ben trial.Person, _ *talk, _ app.Grant) {
		w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error {
			_, err := tx.EndSessions(ben.ID, w.clock.Now())
			return err
		}))
	},
	"expired": func(w *world, _ trial.Person, _ *talk, _ app.Grant) { w.clock.pass(10*time.Minute + time.Second) },
	"expired and dropped": func(w *world, _ trial.Person, _ *talk, grant app.Grant) {
		w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error {
			_, err := tx.DropSessions(w.clock.Now().Add(24 * time.Hour))
			return err
		}))
	},
}

// Threat: whoever comes to a workstation after somebody has signed out reads the pages that stand open, numbers in full
// included, and goes on there. With its session every conversation is over, at once.
func TestPagesEndWithTheirSession(t *testing.T) {
	exhaustive(t)
	pages := map[string]func(w *world, ben trial.Person, grant app.Grant) *talk{
		"a number in full": func(w *world, ben trial.Person, grant app.Grant) *talk {
			k := w.start(app.PurposeManage, w.callerOf(grant))
			at[app.Revealed](k.must(app.Reveal{Credential: k.owns(app.KindEmail)}))
			return k
		},
		"security info": func(w *world, _ trial.Person, grant app.Grant) *talk {
			return w.start(app.PurposeManage, w.callerOf(grant))
		},
		"a secret to scan": func(w *world, _ trial.Person, grant app.Grant) *talk {
			k := w.start(app.PurposeRegister, w.callerOf(grant)).must(app.Choose{Kind: app.KindAuthApp})
			at[app.ShowSecret](k)
			return k
		},
		"a new password": func(w *world, ben trial.Person, grant app.Grant) *talk {
			k := w.start(app.PurposeChange, w.callerOf(grant)).must(app.GiveCurrentPassword{Password: secret(ben.Password)})
			at[app.NewPassword](k)
			return k
		},
	}
	for _, page := range sorted(keysOfAny(pages)) {
		for _, end := range sorted(keysOfAny(sessionEnds)) {
			t.Run(page+", "+end, func(t *testing.T) {
				w, ben := newWorld(t, func(p *policy.Policy) { p.Sessions.Refresh = 10 * time.Minute }), someone(trial.Registered)
				in := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: ben.UserID, Password: secret(ben.Password)})
				grant := w.grant(in, func(now time.Time) string { return ben.Code(now) })
				k := pages[page](w, ben, grant)
				again := k.again().flow
				sessionEnds[end](w, ben, in, grant)
				over := func(what string, flow app.Flow, err error) {
					if code := app.CodeOf(err); code != app.CodeSignedOut && code != app.CodeEnded || flow.Now != nil {
						t.Errorf("%s: %T, %v", what, flow.Now, err)
					}
				}
				flow, err := w.Get(k.ctx, again.ID)
				over("read", flow, err)
				for _, in := range []app.Input{app.Back{}, app.Finish{}, app.Choose{Kind: app.KindEmail}, app.GivePassword{Password: secret(newPassword)}, app.SignOutEverywhere{}} {
					flow, err = w.Submit(k.ctx, again.ID, again.Rev, w.key(), in)
					over(fmt.Sprintf("%T", in), flow, err)
				}
			})
		}
	}
}

// The key that began a conversation of one session gives it to no other of the same account.
func TestAnotherSessionDoesNotGetTheConversation(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	first, second := w.signIn(ben), w.signIn(ben)
	key := w.key()
	start := func(grant app.Grant) error {
		_, err := w.Start(w.with(grant.Access), app.Start{Purpose: app.PurposeManage, Key: key})
		return err
	}
	w.ok(start(first))
	w.ok(start(first))
	if err := start(second); app.CodeOf(err) != app.CodeReused {
		t.Errorf("another session: %v", err)
	}
}

// The last page of a conversation that ended the session itself stays: it says what was done, and nothing of what is on file.
func TestTheLastPageOutlivesItsSession(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.manage(ben).must(app.SignOutEverywhere{})
	at[app.Done](k.again())
}

func (w *world) callerOf(grant app.Grant) app.Caller {
	w.t.Helper()
	caller, err := w.caller(grant.Access)
	w.ok(err)
	return caller
}

// TestTheSweepOutlivesAFlowThatIsOver: a write that is confirmed for a flow that was cancelled meanwhile stops no sweep.
func TestTheSweepOutlivesAFlowThatIsOver(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toPassword(ben)
	w.dir.set = func(func() error) error { return errors.New("no answer") } // and nothing was written
	at[app.Confirming](k.must(app.GivePassword{Password: secret(newPassword)}))
	w.dir.set = nil
	w.ok(w.Cancel(k.ctx, k.flow.ID))
	w.ok(w.Sweep(t.Context()))
	if w.audited("reset.write", "failed") != 2 {
		t.Error("nobody learnt that the password was not written")
	}
}
