package backend_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// TestThreatNoWayToThePasswordLocksTheDirectoryAccount: somebody who guesses for two days, at each place where a password is
// asked for, as often as it may be, never locks the account, and its owner is told when to try again.
func TestThreatNoWayToThePasswordLocksTheDirectoryAccount(t *testing.T) {
	exhaustive(t)
	for _, lockout := range []local.Config{
		{Threshold: 12, Window: 3 * time.Minute}, {Threshold: 15, Window: 31 * time.Minute}, {Threshold: 5, Window: 2 * time.Hour},
		{Threshold: 11, Window: 2 * time.Hour}, {Threshold: 10, Window: 0}, {Threshold: 2, Window: time.Hour}, {Threshold: 1, Window: time.Hour},
	} {
		lockout.LockFor = 30 * time.Minute
		for name, guess := range map[string]func(w *world, p trial.Person) func(string) error{
			"signing in": func(w *world, p trial.Person) func(string) error {
				return func(word string) error { return w.start(app.PurposeSignIn, app.Caller{}).say(try(p, word)) }
			},
			"changing": func(w *world, p trial.Person) func(string) error {
				caller, err := w.caller(w.signIn(p).Access)
				w.ok(err)
				return func(word string) error { return w.start(app.PurposeChange, caller).say(typed(word)) }
			},
		} {
			t.Run(fmt.Sprint(name, lockout.Threshold, lockout.Window), func(t *testing.T) {
				if lockout.Threshold == 1 && name == "changing" {
					t.Skip("nobody signs in by a password where one wrong one locks")
				}
				w := newWorldOf(t, lockout, func(p *policy.Policy) { p.Sessions.Access = time.Hour })
				ben := someone(trial.Registered)
				say := guess(w, ben)
				end, tries := w.clock.Now().Add(time.Hour), 0
				if name == "signing in" {
					end = end.Add(47 * time.Hour)
				}
				for w.clock.Now().Before(end) {
					tries++
					word := fmt.Sprint("guess ", tries)
					if tries%2 == 0 { // two forms: two guesses
						word = fmt.Sprint("gue\u0301ss ", tries)
					}
					err := say(word)
					step := time.Second
					switch app.CodeOf(err) {
					case app.CodeSignIn:
					case app.CodeGuessesStopped, app.CodeThrottled:
						retry := err.(*app.Error).RetryAt
						if step = retry.Sub(w.clock.Now()); retry.IsZero() {
							step = 7 * time.Hour
						}
					default:
						t.Fatalf("try %d: %v", tries, err)
					}
					if step <= 0 {
						t.Fatalf("may be tried again at %v, which was before", step)
					}
					w.clock.pass(step)
					if w.isLocked(ben) {
						t.Fatalf("try %d locked the account", tries)
					}
				}
			})
		}
	}
}

// TestThreatGuessesAfterAnUnlockLockAgain: whoever has passed the gates and guesses on does not lock the account either.
func TestThreatGuessesAfterAnUnlockLockAgain(t *testing.T) {
	for _, threshold := range []int{1, 2, 3, 5, 12} {
		w, farid := newWorldOf(t, local.Config{Threshold: threshold, LockFor: 2 * time.Hour, Window: time.Hour}, func(p *policy.Policy) { p.SignIn.Failures = 100 }), someone(trial.Locked)
		for i := range threshold {
			_ = w.dir.Directory.Verify(t.Context(), farid.ID, secret(fmt.Sprint("elsewhere ", i)))
		}
		k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
		code := app.CodeSignIn
		for i := 0; code == app.CodeSignIn; i++ {
			code = app.CodeOf(k.say(typed(fmt.Sprint("gue\u0301ss ", i))))
		}
		if code != app.CodeGuessesStopped || w.isLocked(farid) && threshold > 1 {
			t.Errorf("threshold %d: it ends in %s, locked %v", threshold, code, w.isLocked(farid))
		}
	}
}

// TestAResetLeadsOutOfAPause: where the directory never forgets, a new password is the way back in.
func TestAResetLeadsOutOfAPause(t *testing.T) {
	w, ben := newWorldOf(t, local.Config{Threshold: 5, LockFor: time.Hour}), someone(trial.Registered)
	for i := range 3 {
		w.start(app.PurposeSignIn, app.Caller{}).refused(try(ben, fmt.Sprint("guess ", i)), app.CodeSignIn)
	}
	w.clock.pass(72 * time.Hour)
	if got := w.start(app.PurposeSignIn, app.Caller{}).refused(try(ben, ben.Password), app.CodeGuessesStopped); !got.RetryAt.IsZero() {
		t.Errorf("a time is promised: %v", got.RetryAt)
	}
	at[app.Done](w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)}))
	if !w.signsIn(ben, newPassword) {
		t.Error("the new password does not sign in")
	}
}

// TestFailuresElsewhereCountHere: what was typed wrong at a workstation counts, where the directory shows it.
func TestFailuresElsewhereCountHere(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	for range 7 {
		_ = w.dir.Directory.Verify(t.Context(), ben.ID, secret("at the workstation"))
	}
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(ben, "here"), app.CodeSignIn)
	w.start(app.PurposeSignIn, app.Caller{}).refused(try(ben, "and again"), app.CodeGuessesStopped)
	w.clock.pass(time.Hour)
	if !w.signsIn(ben, ben.Password) {
		t.Error("the directory has forgotten, and nobody is let in")
	}
}

// TestAPauseTellsNobodyFromAnybody: in private disclosure a name that nobody has is paused as one that somebody has.
func TestAPauseTellsNobodyFromAnybody(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Feature.Disclosure = policy.Private }), someone(trial.Registered)
	for i := range 30 {
		var got [2]*app.Error
		for n, userID := range []string{ben.UserID, "nobody@harbour.example"} {
			err := w.start(app.PurposeSignIn, app.Caller{}).say(app.SignIn{UserID: userID, Password: secret(fmt.Sprint("guess ", i))})
			got[n] = err.(*app.Error)
		}
		if got[0].Code != got[1].Code || !got[0].RetryAt.Equal(got[1].RetryAt) {
			t.Fatalf("try %d: %s until %v, and for nobody %s until %v", i, got[0].Code, got[0].RetryAt, got[1].Code, got[1].RetryAt)
		}
		w.clock.pass(time.Duration(i%7) * 97 * time.Second)
	}
}
