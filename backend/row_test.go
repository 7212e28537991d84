package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// guessDaily gives so many wrong codes of the app at the gate at hand, a few a day, so that no window ever closes a lock.
// The last refusal is given.
func (w *world) guessDaily(n int, gate func() *talk) (last error) {
	w.t.Helper()
	for given := 0; given < n; {
		w.clock.pass(24 * time.Hour)
		k := gate()
		for range 4 {
			if given++; given <= n {
				last = k.say(app.GiveCode{Digits: secret("000000")})
			}
		}
	}
	return last
}

// twenty is a short row.
func twenty(p *policy.Policy) { p.Recovery.WrongInARow = 20 }

// atApp is a gate of a reset, at the app.
func (w *world) atApp(userID string) func() *talk {
	return func() *talk { return w.begin(userID).must(app.Choose{Kind: app.KindAuthApp}) }
}

// atSignIn is the gate after a password, at the app.
func (w *world) atSignIn(p trial.Person) func() *talk {
	return func() *talk {
		k := w.start(app.PurposeSignIn, app.Caller{}).must(try(p, p.Password))
		at[app.EnterCode](k)
		return k
	}
}

// locked is what a reset shows that is begun now.
func (w *world) locked(userID string) app.Blocked {
	w.t.Helper()
	return at[app.Blocked](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}))
}

// TestGuesserOfAFewCodesADay is stopped at the hundredth wrong try in a row, however long it takes, and whoever it is about:
// no time opens that, and a name that nobody has is answered alike.
func TestGuesserOfAFewCodesADay(t *testing.T) {
	for _, disclosure := range []policy.Disclosure{policy.Helpful, policy.Private} {
		for _, who := range []string{someone(trial.Registered).UserID, "nobody@harbour.example"} {
			if disclosure == policy.Helpful && who == "nobody@harbour.example" {
				continue
			}
			w := newWorld(t, func(p *policy.Policy) { p.Feature.Disclosure = disclosure })
			if err := w.guessDaily(99, w.atApp(who)); app.CodeOf(err) != app.CodeWrongCode {
				t.Fatalf("%s, %s: the ninety-ninth: %v", disclosure, who, err)
			}
			w.restart()
			err := w.guessDaily(1, w.atApp(who))
			if refusal, is := err.(*app.Error); !is || refusal.Code != app.CodeRecovery || !refusal.RetryAt.IsZero() {
				t.Fatalf("%s, %s: the hundredth: %+v", disclosure, who, err)
			}
			for range 3 {
				if got := w.locked(who); got.Code != app.CodeRecovery || !got.Until.IsZero() {
					t.Errorf("%s, %s: then %+v", disclosure, who, got)
				}
				w.clock.pass(365 * 24 * time.Hour)
				w.ok(w.Sweep(t.Context()))
			}
			if w.audited("recovery.row_lock", "blocked") != 1 {
				t.Error("the audit trail does not have it")
			}
		}
	}
}

// TestOnlySuccessEndsTheRow: a proof of one gate alone does not, nor does a password without the second factor.
func TestOnlySuccessEndsTheRow(t *testing.T) {
	for name, c := range map[string]struct {
		ends bool
		do   func(*world, trial.Person)
	}{
		"one gate of two": {false, func(w *world, p trial.Person) { w.begin(p.UserID).must(app.Choose{Kind: app.KindAuthApp}, w.code(p)) }},
		"a password":      {false, func(w *world, p trial.Person) { w.atSignIn(p)() }},
		"time":            {false, func(w *world, _ trial.Person) { w.clock.pass(365 * 24 * time.Hour) }},
		"signing in":      {true, func(w *world, p trial.Person) { w.signIn(p) }},
		"both gates":      {true, func(w *world, p trial.Person) { w.toPassword(p) }},
		"a pass": {true, func(w *world, p trial.Person) {
			_, err := w.IssuePass(w.operator(), app.IssuePass{UserID: p.UserID})
			w.ok(err)
		}},
	} {
		w, ben := newWorld(t, twenty), someone(trial.Registered)
		_ = w.guessDaily(18, w.atApp(ben.UserID))
		w.clock.pass(24 * time.Hour)
		c.do(w, ben)
		err := w.guessDaily(2, w.atApp(ben.UserID))
		if got := app.CodeOf(err) != app.CodeRecovery; got != c.ends {
			t.Errorf("%s: the row has ended: %v (%v)", name, got, err)
		}
		if c.ends {
			_ = w.guessDaily(18, w.atApp(ben.UserID))
			if got := w.locked(ben.UserID); got.Code != app.CodeRecovery {
				t.Errorf("%s: twenty more: %+v", name, got)
			}
		}
	}
}

// TestAPassOpensTheRow that is full: the help desk's word.
func TestAPassOpensTheRow(t *testing.T) {
	w, ben := newWorld(t, twenty), someone(trial.Registered)
	_ = w.guessDaily(20, w.atApp(ben.UserID))
	w.locked(ben.UserID)
	_, err := w.IssuePass(w.operator(), app.IssuePass{UserID: ben.UserID})
	w.ok(err)
	at[app.ChooseMethod](w.begin(ben.UserID))
}

// TestGuesserWhoHasThePassword has an end too, at a count of its own, so that strangers keep nobody from signing in; a reset
// that is passed ends it.
func TestGuesserWhoHasThePassword(t *testing.T) {
	w, ben := newWorld(t, twenty), someone(trial.Registered)
	_ = w.guessDaily(19, w.atSignIn(ben))
	_ = w.guessDaily(12, w.atApp(ben.UserID))
	err := w.guessDaily(1, w.atSignIn(ben))
	if refusal, is := err.(*app.Error); !is || refusal.Code != app.CodeProofLocked || !refusal.RetryAt.IsZero() {
		t.Fatalf("the twentieth: %v", err)
	}
	w.clock.pass(365 * 24 * time.Hour)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password))
	if got := at[app.Blocked](k); got.Code != app.CodeProofLocked || !got.Until.IsZero() || !k.flow.Contact {
		t.Errorf("a year later: %+v", got)
	}
	w.toPassword(ben)
	w.clock.pass(time.Minute)
	w.signIn(ben)
}

// TestTheHardCapLeavesTheKeyAtAnEnrolledStation, after so many wrong tries in the window and in a row; elsewhere it leaves
// nothing, and nothing that is tried there makes it longer.
func TestTheHardCapLeavesTheKeyAtAnEnrolledStation(t *testing.T) {
	exhaustive(t)
	for name, shut := range map[string]func(*world, trial.Person, *keytest.Key){
		"in the window": func(w *world, p trial.Person, key *keytest.Key) {
			w.lockOut(p.UserID)
			_ = w.wrongProofs(p, key, 25)
		},
		"in a row": func(w *world, p trial.Person, _ *keytest.Key) { _ = w.guessDaily(20, w.atApp(p.UserID)) },
	} {
		for _, disclosure := range []policy.Disclosure{policy.Helpful, policy.Private} {
			for _, counts := range []bool{true, false} {
				t.Run(name, func(t *testing.T) {
					w, ben := newWorld(t, keysAllowed, often, func(p *policy.Policy) {
						if name == "in a row" {
							twenty(p)
						}
						p.Feature.Disclosure, p.SecurityKey.CountsAsTwo = disclosure, counts
					}), someone(trial.Registered)
					key := w.givesKey(ben)
					shut(w, ben, key)
					until := w.locked(ben.UserID).Until
					k := w.start(app.PurposeReset, app.Caller{}).enrolled().must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot})
					at[app.UseKey](k)
					for range 4 {
						k.refused(k.use(key, unverified), app.CodeKeyAnswer)
					}
					if got := w.locked(ben.UserID).Until; !got.Equal(until) {
						t.Errorf("tries there made it longer: %v, then %v", until, got)
					}
					k.must(k.use(key))
					if counts {
						at[app.NewPassword](k)
						return
					}
					k.must(app.Choose{Kind: app.KindAuthApp})
					for range 4 {
						k.refused(w.wrongCode(ben), app.CodeWrongCode)
					}
					k.refused(w.wrongCode(ben), app.CodeRecovery) // who has the key does not go on guessing
					at[app.Blocked](k)
				})
			}
		}
	}
}
