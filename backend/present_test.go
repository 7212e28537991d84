package backend_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// A change by the person is made with the present password.

// toChange signs a person in and begins a change.
func (w *world) toChange(p trial.Person) *talk {
	w.t.Helper()
	caller, err := w.caller(w.signIn(p).Access)
	w.ok(err)
	return w.start(app.PurposeChange, caller)
}

// asksAgain fails unless the flow asks for the present password once more, and says so.
func (k *talk) asksAgain(why string) {
	k.w.t.Helper()
	at[app.CurrentPassword](k)
	if k.flow.Notice == nil || k.flow.Notice.Code != app.NoticeCurrentAgain {
		k.w.t.Errorf("%s: notice %+v", why, k.flow.Notice)
	}
}

// TestAChangeIsMadeByThePersonsOwnPassword, in the form in which the directory has it.
func TestAChangeIsMadeByThePersonsOwnPassword(t *testing.T) {
	for _, present := range []string{composed, decomposed} {
		w, ben := newWorld(t), someone(trial.Registered)
		w.setElsewhere(ben, present)
		ben.Password = present
		w.dir.set = func(func() error) error { t.Error("a change was a reset"); return nil }
		at[app.Done](w.toChange(ben).must(typed(decomposed), app.GivePassword{Password: secret(newPassword)}))
		if !w.signsIn(ben, newPassword) {
			t.Errorf("%+q: the new password is not taken", present)
		}
	}
}

// TestAnotherServerAsksForThePresentPasswordOnceMore: it is in the memory of one process, and nothing else is lost.
func TestAnotherServerAsksForThePresentPasswordOnceMore(t *testing.T) {
	for name, move := range map[string]func(w *world){
		"a restart":      func(w *world) { w.restart() },
		"another server": func(w *world) { w.Backend = w.second() },
	} {
		w, ben := newWorld(t), someone(trial.Registered)
		k := w.toChange(ben).must(typed(ben.Password))
		move(w)
		w.dir.change = func(func() error) error { t.Errorf("%s: a change without the present password", name); return nil }
		k.must(app.GivePassword{Password: secret(newPassword)})
		k.asksAgain(name)
		w.dir.change = nil
		at[app.Done](k.must(typed(ben.Password), app.GivePassword{Password: secret(newPassword)}))
		if !w.signsIn(ben, newPassword) {
			t.Errorf("%s: the new password is not taken", name)
		}
	}
}

// TestThePresentPasswordIsKeptInMemoryAlone: no file of the store has it, and nothing that is logged.
func TestThePresentPasswordIsKeptInMemoryAlone(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	log := w.loud()
	k := w.toChange(ben).must(typed(ben.Password))
	var rec port.FlowRecord
	w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) (err error) {
		rec, err = tx.Flow(k.flow.ID)
		return err
	}))
	for what, text := range map[string]string{"the flow": string(rec.State), "the rows": w.rows(), "the log": log.String()} {
		if strings.Contains(text, ben.Password) {
			t.Errorf("%s has the present password", what)
		}
	}
}

// TestAPresentPasswordThatIsOldByNow leads back to it, is counted once as a guess, and nothing is written.
func TestAPresentPasswordThatIsOldByNow(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toChange(ben).must(typed(ben.Password))
	w.dir.mute = true // or the session would end first
	w.setElsewhere(ben, "what the help desk said")
	k.must(app.GivePassword{Password: secret(newPassword)})
	k.asksAgain("an old one")
	if w.audited("change_password.write", "succeeded") != 0 || w.audited("change_password.write", "failed") != 1 {
		t.Error("the audit trail says something else")
	}
	account, err := w.dir.Directory.Account(t.Context(), ben.ID)
	w.ok(err)
	if account.Failures != 1 {
		t.Errorf("the directory counts %d failures", account.Failures)
	}
	k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeNotNow)
}

// TestChangesAreNoWayRoundTheDirectorysLock: present passwords that have held wait in many flows, and another password is set.
func TestChangesAreNoWayRoundTheDirectorysLock(t *testing.T) {
	w, ben := newWorldOf(t, local.Config{Threshold: 5, LockFor: time.Hour}), someone(trial.Registered)
	caller, err := w.caller(w.signIn(ben).Access)
	w.ok(err)
	var waiting []*talk
	for range 6 {
		waiting = append(waiting, w.start(app.PurposeChange, caller).must(typed(ben.Password)))
	}
	w.dir.mute = true
	w.setElsewhere(ben, "what the help desk said")
	paused := 0
	for _, k := range waiting {
		if app.CodeOf(k.say(app.GivePassword{Password: secret(newPassword)})) == app.CodeGuessesStopped {
			paused++
		}
	}
	if w.isLocked(ben) || paused == 0 {
		t.Errorf("locked %v, paused %d times", w.isLocked(ben), paused)
	}
}

// TestADirectorysRefusalOfAChangeKeepsThePresentPassword, which need not be typed again.
func TestADirectorysRefusalOfAChangeKeepsThePresentPassword(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toChange(ben).must(typed(ben.Password))
	for range 20 { // a refusal is no wrong guess
		if got := k.refused(app.GivePassword{Password: secret(ben.Password)}, app.CodeDirectory); got.Params["rule"] != "history" {
			t.Fatalf("the old password again: %v", got.Params)
		}
	}
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
}

// TestAChangeThatNobodyConfirmed is known by the stamp, and goes on with the present password where it did not happen.
func TestAChangeThatNobodyConfirmed(t *testing.T) {
	for _, written := range []bool{true, false} {
		w, ben := newWorld(t), someone(trial.Registered)
		k := w.toChange(ben).must(typed(ben.Password))
		w.dir.change = func(write func() error) error {
			if written {
				w.ok(write())
			}
			return context.DeadlineExceeded
		}
		at[app.Confirming](k.must(app.GivePassword{Password: secret(newPassword)}))
		w.dir.change = nil
		k.must(app.CheckAgain{})
		if !written {
			at[app.NewPassword](k)
			k.must(app.GivePassword{Password: secret(newPassword)})
		}
		done := at[app.Done](k)
		if slices.Contains(done.Facts, app.FactUnlocked) {
			t.Errorf("facts: %v", done.Facts)
		}
	}
}

// TestACancelDuringTheWriteTakesNothingFromIt: what it wipes is the flow's copy of the present password.
func TestACancelDuringTheWriteTakesNothingFromIt(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.toChange(ben).must(typed(ben.Password))
	w.dir.change = func(write func() error) error {
		w.ok(w.Cancel(k.ctx, k.flow.ID))
		return write()
	}
	if _, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, w.key(), app.GivePassword{Password: secret(newPassword)}); err != nil {
		t.Fatal(err)
	}
	if w.audited("change_password.write", "succeeded") != 1 || !w.signsIn(ben, newPassword) {
		t.Error("the password was set by another one than the present, or nothing followed")
	}
}
