package backend_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// toUnlock passes both gates of somebody who says that the account is locked.
func (w *world) toUnlock(p trial.Person) *talk {
	w.t.Helper()
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: p.UserID}, app.GiveReason{Reason: app.ReasonLocked})
	return k.must(app.Choose{Kind: app.KindAuthApp}, w.code(p)).must(w.mailed(p.Mail))
}

func typed(password string) app.GiveCurrentPassword {
	return app.GiveCurrentPassword{Password: secret(password)}
}

// lock locks somebody's directory account for a while.
func (w *world) lock(p trial.Person) {
	w.t.Helper()
	account, err := w.dir.Account(w.t.Context(), p.ID)
	w.ok(err)
	account.LockedUntil = w.clock.Now().Add(30 * 24 * time.Hour)
	w.ok(w.dir.Put(w.t.Context(), account, app.Secret{}))
}

func (w *world) isLocked(p trial.Person) bool {
	w.t.Helper()
	account, err := w.dir.Account(w.t.Context(), p.ID)
	w.ok(err)
	return account.LockedUntil.After(w.clock.Now())
}

func TestUnlockedWithTheOldPassword(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	k := w.toUnlock(farid)
	at[app.ChooseUnlock](k)
	if last := k.flow.Places[3]; last.ID != app.PlaceUnlock || last.State != app.PlaceNow || k.flow.CanBack {
		t.Errorf("the last place is %v, back %v", last, k.flow.CanBack)
	}
	at[app.CurrentPassword](k.must(app.GiveUnlock{Only: true}))
	at[app.ChooseUnlock](k.must(app.Back{}))
	done := at[app.Done](k.must(app.GiveUnlock{Only: true}, typed(farid.Password)))
	if want := []app.Fact{app.FactUnlocked, app.FactTold}; !slices.Equal(done.Facts, want) {
		t.Errorf("facts: %v, want %v", done.Facts, want)
	}
	if w.isLocked(farid) || !w.signsIn(farid, farid.Password) {
		t.Error("the old password must be good again")
	}
	if w.heard(app.MessageUnlocked, farid.Mail) != 1 || w.heard(app.MessageUnlocked, farid.UserID) != 1 || w.audited("reset.unlocked", "succeeded") != 1 {
		t.Error("every channel is told once, and so is the audit trail")
	}
}

func TestInsteadOfUnlockingANewPassword(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	k := w.toUnlock(farid).must(app.GiveUnlock{})
	at[app.NewPassword](k)
	at[app.NewPassword](k.must(app.Back{}, app.GiveUnlock{}))
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	if w.audited("reset.unlocked", "succeeded") != 0 {
		t.Error("a reset was written down as an unlock")
	}
}

func TestWhoIsNotAskedToKeepThePassword(t *testing.T) {
	farid, ben := someone(trial.Locked), someone(trial.Registered)
	at[app.NewPassword](newWorld(t, func(p *policy.Policy) { p.Feature.Unlock = false }).toUnlock(farid))
	at[app.NewPassword](newWorld(t).toUnlock(ben))     // nothing to unlock
	at[app.NewPassword](newWorld(t).toPassword(farid)) // forgot it
	newWorld(t).toPassword(farid).refused(app.GiveUnlock{Only: true}, app.CodeNotNow)
}

func TestAWrongPasswordCountsAsWhenSigningIn(t *testing.T) {
	w, farid := newWorld(t, func(p *policy.Policy) { p.SignIn.Failures = 3 }), someone(trial.Locked)
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	if refusal := k.refused(typed("not this one"), app.CodeSignIn); refusal.Field != "password" {
		t.Errorf("the refusal is about %q", refusal.Field)
	}
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeUnlocked {
		t.Errorf("that the account is unlocked already must be said: %+v", n)
	}
	at[app.CurrentPassword](k)
	k.refused(typed("nor this one"), app.CodeSignIn)
	k.refused(typed("nor that one"), app.CodeSignIn)
	k.refused(typed("and not that"), app.CodeThrottled)
	k.refused(typed(farid.Password), app.CodeThrottled)
	if w.isLocked(farid) {
		t.Error("wrong passwords locked the directory account again")
	}
	w.clock.pass(time.Minute)
	if done := at[app.Done](k.must(typed(farid.Password))); !slices.Contains(done.Facts, app.FactUnlocked) {
		t.Errorf("facts: %v", done.Facts)
	}
	if w.audited("reset.unlocked", "succeeded") != 1 || w.heard(app.MessageUnlocked, farid.Mail) != 1 {
		t.Error("one unlock is one, however often the password was wrong")
	}
}

func TestNobodyLocksTheDirectoryAccountByGuessing(t *testing.T) {
	w, farid := newWorld(t, func(p *policy.Policy) { p.SignIn.Failures = 100 }), someone(trial.Locked) // the directory locks at 10
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	for _, guess := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		k.refused(typed(guess), app.CodeSignIn)
	}
	k.refused(typed("i"), app.CodeGuessesStopped)
	if w.isLocked(farid) {
		t.Error("guessing after the unlock locked the account again")
	}
}

func TestTwoUnlocksInADay(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	first := w.clock.Now()
	for range 2 {
		at[app.Done](w.toUnlock(farid).must(app.GiveUnlock{Only: true}, typed(farid.Password)))
		w.lock(farid)
		w.clock.pass(time.Hour)
		w.restart()
	}
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	if refusal := k.refused(typed(farid.Password), app.CodeUnlockLimit); !refusal.RetryAt.Equal(first.Add(24 * time.Hour)) {
		t.Errorf("again at %v, want %v", refusal.RetryAt, first.Add(24*time.Hour))
	}
	if !w.isLocked(farid) {
		t.Error("the third unlock happened")
	}
	at[app.NewPassword](k.must(app.Back{}, app.GiveUnlock{})) // a new password still helps
	w.clock.pass(first.Add(24 * time.Hour).Sub(w.clock.Now()))
	at[app.Done](w.toUnlock(farid).must(app.GiveUnlock{Only: true}, typed(farid.Password)))
}

func TestALockThatWentByItselfIsNotClaimed(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	w.ok(w.dir.Directory.Unlock(t.Context(), farid.ID))
	if done := at[app.Done](k.must(typed(farid.Password))); !slices.Equal(done.Facts, []app.Fact{app.FactNotLocked}) {
		t.Errorf("facts: %v", done.Facts)
	}
	if w.audited("reset.unlocked", "succeeded") != 0 {
		t.Error("an unlock that was none is in the audit trail")
	}
}

func TestUnlockingNeverLiftsADisable(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	account, err := w.dir.Account(t.Context(), farid.ID)
	w.ok(err)
	account.Disabled = true
	w.ok(w.dir.Put(t.Context(), account, app.Secret{}))
	w.lock(farid)
	w.dir.lift = func(func() error) error { t.Error("the directory was asked to unlock"); return nil }
	if got := at[app.Blocked](k.must(typed(farid.Password))); got.Code != app.CodeDisabled {
		t.Errorf("disabled meanwhile: %s", got.Code)
	}
}

func TestUnlockingLeavesTheLockOfRecovery(t *testing.T) {
	w, farid := newWorld(t, func(p *policy.Policy) { p.Recovery.EndedGates = 1 }), someone(trial.Locked)
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	endGate(w.reset(farid), farid)
	at[app.Done](k.must(typed(farid.Password)))
	if got := at[app.Blocked](w.reset(farid)); got.Code != app.CodeRecovery {
		t.Errorf("recovery is %s", got.Code)
	}
}

func TestAnUnlockThatTimedOutIsReadAgain(t *testing.T) {
	for _, happened := range []bool{true, false} {
		w, farid := newWorld(t), someone(trial.Locked)
		k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
		w.dir.lift = func(unlock func() error) error {
			if happened {
				w.ok(unlock())
			}
			return errors.New("no answer")
		}
		k.refused(typed(farid.Password), app.CodeUnavailable)
		if w.audited("reset.unlocked", "failed") != 1 {
			t.Error("the audit trail does not say that nobody knows")
		}
		w.dir.lift = nil
		at[app.Done](k.again().must(typed(farid.Password)))
		if w.audited("reset.unlocked", "succeeded") != 1 || w.heard(app.MessageUnlocked, farid.Mail) != 1 {
			t.Errorf("happened %v: told %d times", happened, w.heard(app.MessageUnlocked, farid.Mail))
		}
	}
}

func TestACrashWhileUnlocking(t *testing.T) {
	for _, happened := range []bool{true, false} {
		w, farid := newWorld(t), someone(trial.Locked)
		k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
		func() {
			defer func() { _ = recover() }()
			w.dir.lift = func(unlock func() error) error {
				if happened {
					w.ok(unlock())
				}
				panic("crash")
			}
			_ = k.say(typed(farid.Password))
		}()
		w.dir.lift = nil
		w.restart()
		w.ok(w.Sweep(t.Context()))
		at[app.CurrentPassword](k.again())
		if got := w.audited("reset.unlocked", "succeeded"); (got == 1) != happened || w.isLocked(farid) == happened {
			t.Errorf("happened %v: %d entries, locked %v", happened, got, w.isLocked(farid))
		}
		if told := w.heard(app.MessageUnlocked, farid.Mail); (told == 1) != happened {
			t.Errorf("happened %v: told %d times", happened, told)
		}
		at[app.Done](k.must(typed(farid.Password)))
		if w.audited("reset.unlocked", "succeeded") != 1 {
			t.Errorf("happened %v: in the end %d entries", happened, w.audited("reset.unlocked", "succeeded"))
		}
	}
}

// TestQuestionsUnlockNoAdministrator: a gate that security questions passed is passed no more once the person has become
// an administrator.
func TestQuestionsUnlockNoAdministrator(t *testing.T) {
	w, farid := newWorld(t, withQuestions), someone(trial.Locked)
	w.becomes(farid, func(a *port.DirectoryAccount) { a.LockedUntil = time.Time{} })
	w.register(farid).addQuestions()
	w.clock.pass(25 * time.Hour) // what was added has cooled off
	w.lock(farid)
	k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: farid.UserID}, app.GiveReason{Reason: app.ReasonLocked})
	k.must(app.Choose{Kind: app.KindQuestions})
	k.must(knowAll(at[app.AnswerQuestions](k).Questions))
	k.must(app.Choose{Kind: app.KindAuthApp}, w.code(farid), app.GiveUnlock{Only: true})
	w.becomes(farid, promoted)
	at[app.EnterCode](k.must(typed(farid.Password))) // one gate is missing
	if !w.isLocked(farid) {
		t.Error("security questions unlocked an administrator's account")
	}
}
