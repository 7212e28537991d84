package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/trial"
)

// A directory that gives no stamps: from equal ones nothing may be concluded.

func TestWithoutAStampNothingIsSaidOfAWrite(t *testing.T) {
	for _, written := range []bool{true, false} {
		w, ben := newWorld(t), someone(trial.Registered)
		w.dir.mute = true
		k := w.toPassword(ben)
		w.dir.set = func(write func() error) error {
			if written {
				w.ok(write())
			}
			return errTimeout
		}
		at[app.Confirming](k.must(app.GivePassword{Password: secret(newPassword)}))
		w.dir.set = nil
		at[app.Confirming](k.must(app.CheckAgain{}))
		w.restart()
		w.ok(w.Sweep(t.Context()))
		at[app.Confirming](k.again())
		if w.audited("reset.write", "succeeded") != 0 {
			t.Errorf("written %v: a success is claimed", written)
		}
		at[app.Done](w.retry(ben).must(app.GivePassword{Password: secret("another-good-one-17-lamps")}))
		if written && w.signsIn(ben, newPassword) || !w.signsIn(ben, "another-good-one-17-lamps") {
			t.Errorf("written %v: the last password is not the one", written)
		}
	}
}

// retry passes both gates once more, with the next code.
func (w *world) retry(p trial.Person) *talk {
	w.t.Helper()
	w.clock.pass(11 * time.Minute)
	return w.toPassword(p)
}

// TestAStampThatIsMissingOnceTellsNothing: before the write, or after it.
func TestAStampThatIsMissingOnceTellsNothing(t *testing.T) {
	for _, before := range []bool{true, false} {
		w, ben := newWorld(t), someone(trial.Registered)
		k := w.toPassword(ben)
		w.dir.mute = before
		w.dir.set = func(func() error) error { return errTimeout }
		at[app.Confirming](k.must(app.GivePassword{Password: secret(newPassword)}))
		w.dir.mute = !before
		at[app.Confirming](k.must(app.CheckAgain{}))
		if w.dir.mute = false; before {
			continue
		}
		at[app.NewPassword](k.must(app.CheckAgain{})) // both are known by now, and are the same
	}
}

// TestSessionsWithoutAStamp go on, and end as ever where the account may not sign in.
func TestSessionsWithoutAStamp(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	bound := w.signIn(ben)
	if _, err := w.caller(bound.Access); err != nil {
		t.Fatal(err)
	}
	w.dir.mute = true
	if _, err := w.caller(bound.Access); err != nil {
		t.Errorf("a stamp that is missing ended a session: %v", err)
	}
	grant := w.signIn(ben)
	for range 2 {
		if _, err := w.caller(grant.Access); err != nil {
			t.Fatal(err)
		}
	}
	w.faulty(&faults{at: -1})
	counted := &faults{at: -1}
	w.faulty(counted)
	if _, err := w.caller(grant.Access); err != nil {
		t.Fatal(err)
	}
	for _, call := range counted.calls {
		if call == "commit" {
			t.Errorf("each use of a token writes: %v", counted.calls)
		}
	}
	w.becomes(ben, expired)
	w.dead("of an account whose time is over", grant)
}

// TestAWrongPasswordMayBeRightLater: where nothing tells that another one was set, none is remembered as wrong, for nobody's name
// either.
func TestAWrongPasswordMayBeRightLater(t *testing.T) {
	w, ana := newWorld(t, private), someone(trial.Ready)
	w.dir.mute = true
	const handed = "what the help desk said"
	k := w.start(app.PurposeSignIn, app.Caller{})
	k.refused(try(ana, handed), app.CodeSignIn)
	w.setElsewhere(ana, handed)
	at[app.SignedIn](k.must(try(ana, handed)))
	asked := func(userID string) int {
		k := w.start(app.PurposeSignIn, app.Caller{})
		for range 2 {
			k.refused(app.SignIn{UserID: userID, Password: secret("the same guess")}, app.CodeSignIn)
		}
		before := w.dir.verify
		k.refused(app.SignIn{UserID: userID, Password: secret("the same guess")}, app.CodeSignIn)
		return w.dir.verify - before
	}
	if people, nobody := asked(ana.UserID), asked("nobody@harbour.example"); people != 1 || nobody != 1 {
		t.Errorf("a repeat is asked about %d times for people, %d for nobody", people, nobody)
	}
}

// TestAResetEndsThePauseWithoutAStamp, though the directory doesn't show its count.
func TestAResetEndsThePauseWithoutAStamp(t *testing.T) {
	w, ben := newWorldOf(t, local.Config{Threshold: 10, LockFor: time.Hour}), someone(trial.Registered)
	w.dir.mute = true
	k := w.start(app.PurposeSignIn, app.Caller{})
	for i := range 8 {
		k.refused(try(ben, string(rune('a'+i))+" guess"), app.CodeSignIn)
	}
	k.refused(try(ben, ben.Password), app.CodeGuessesStopped)
	at[app.Done](w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)}))
	if !w.signsIn(ben, newPassword) {
		t.Error("the new password is not asked about")
	}
}
