package backend_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// People of a directory that verifies no password and lifts no lock, as Entra ID does neither for an application.

// can says what the directory can't do for an account.
func (d *directory) can(id app.AccountID, c port.Cannot) {
	if d.cannot == nil {
		d.cannot = map[app.AccountID]port.Cannot{}
	}
	d.cannot[id] = c
}

// resetAlone is what such a directory can.
var resetAlone = port.Cannot{Verify: true, Unlock: true}

// cannotVerify is a world in which nothing but a reset can be done for a person.
func cannotVerify(t *testing.T, state trial.State, change ...func(*policy.Policy)) (*world, trial.Person) {
	t.Helper()
	w, p := newWorld(t, change...), someone(state)
	w.dir.can(p.ID, resetAlone)
	return w, p
}

// Who may be told is told how they get in, and nothing is counted against them: no password was judged.
func TestAPasswordThatNobodyCanVerifyLeadsToAPass(t *testing.T) {
	w, ana := cannotVerify(t, trial.Ready)
	for range 2 * w.config.Policy.SignIn.Failures {
		w.start(app.PurposeSignIn, app.Caller{}).refused(try(ana, ana.Password), app.CodeSignInByPass)
	}
	if n := w.audited("sign_in.sign_in", "blocked"); n != 2*w.config.Policy.SignIn.Failures {
		t.Errorf("%d entries", n)
	}
	w.start(app.PurposeSignIn, app.Caller{}).refused(app.SignIn{UserID: "nobody@harbour.example", Password: secret("x")}, app.CodeSignIn)
}

// That there are such people is told to everybody before they type; not where no pass is taken either.
func TestTheSignInPageTellsOfPasswordsThatNobodyCanVerify(t *testing.T) {
	for _, off := range []bool{false, true} {
		w := newWorld(t, private, func(p *policy.Policy) {
			if off {
				p.Feature.Reset = policy.ForNobody
			}
		})
		if at[app.EnterSignIn](w.start(app.PurposeSignIn, app.Caller{})).PassOnly {
			t.Error("told where every password is verified")
		}
		w.config.PassOnly = true
		w.restart()
		if told := at[app.EnterSignIn](w.start(app.PurposeSignIn, app.Caller{})).PassOnly; told == off {
			t.Errorf("the reset is off: %v, told: %v", off, told)
		}
	}
}

// Threat: the right password, or one try after the other, tells in private disclosure whose directory verifies none: by the
// answer, by when tries end, by what the directory is asked, by what is done here.
func TestAPasswordThatNobodyCanVerifyTellsNothing(t *testing.T) {
	w := newWorld(t, private)
	w.config.Store = countingStore{w.config.Store, w.sealer}
	w.restart()
	users := []string{w.settle("nobody", "cannot-nobody"), w.settle("unverified", "cannot-known"), w.settle("registered", "can-known")}
	passwords := []string{"correct horse battery", "correct horse battery", "caf\u00e9 au lait, cold", "Correct horse", ""}
	for i := range 16 {
		var want string
		for _, userID := range users {
			w.sealer.take()
			asked := w.dir.verify
			k := w.start(app.PurposeSignIn, app.Caller{})
			err := k.say(app.SignIn{UserID: userID, Password: secret(passwords[i%len(passwords)] + fmt.Sprint(i/7))})
			e := err.(*app.Error)
			got := fmt.Sprint(e.Code, e.Field, e.TriesLeft, e.RetryAt, k.flow.Rev, " asked ", w.dir.verify-asked, " done ", w.sealer.take())
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("try %d for %s:\n%s\nothers get\n%s", i, userID, got, want)
			}
		}
	}
}

// A lock that can't be lifted is no reason to keep the old password: "my account is locked" leads to a new one. So it does where
// the directory became such a one behind the gates.
func TestALockThatNobodyCanLiftLeadsToANewPassword(t *testing.T) {
	for name, can := range map[string]port.Cannot{"no unlock": {Unlock: true}, "no password is verified": {Verify: true}, "neither": resetAlone} {
		t.Run(name, func(t *testing.T) {
			w, farid := newWorld(t), someone(trial.Locked)
			w.dir.can(farid.ID, can)
			k := w.toUnlock(farid)
			at[app.NewPassword](k)
			at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))

			w = newWorld(t)
			k = w.toUnlock(farid)
			at[app.CurrentPassword](k.must(app.GiveUnlock{Only: true}))
			w.dir.can(farid.ID, can)
			at[app.NewPassword](k.must(typed(farid.Password)))
			if w.audited("reset.unlocked", "failed")+w.audited("reset.unlocked", "succeeded") > 0 {
				t.Error("the directory was asked to unlock")
			}
		})
	}
}

// Nobody who is signed in is offered a change that the directory doesn't take; who asks is told what else there is, by pass too.
func TestAChangeThatTheDirectoryDoesNotTake(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	grant := w.signIn(ben)
	if grant.Session.NoChange {
		t.Error("a change that the directory takes is not offered")
	}
	half := w.begins(grant, app.PurposeChange).must(app.GiveCurrentPassword{Password: secret(ben.Password)})
	w.dir.can(ben.ID, resetAlone)
	session, err := w.CurrentSession(w.with(grant.Access))
	w.ok(err)
	byPass := w.byPass(ben)
	if !session.NoChange || !byPass.Session.NoChange {
		t.Errorf("it is offered: %+v, %+v", session, byPass.Session)
	}
	for name, grant := range map[string]app.Grant{"by password": grant, "by pass": byPass} {
		if got := at[app.Blocked](w.begins(grant, app.PurposeChange)); got.Code != app.CodeNoChange {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := at[app.Blocked](half.must(app.GivePassword{Password: secret(newPassword)})); got.Code != app.CodeNoChange {
		t.Errorf("under way: %+v", got)
	}
	w.denied(byPass, app.PurposeManage, app.CodePassOnly)
}

// The whole way of a person whose password nobody here can verify: a pass, two ways back in, a reset by them.
func TestRegisteredByPassAndResetWithoutVerifying(t *testing.T) {
	w, ana := cannotVerify(t, trial.Ready, private)
	grant := w.byPass(ana)
	k := w.begins(grant, app.PurposeRegister).must(app.Choose{Kind: app.KindAuthApp})
	code := appOf(k)
	k.must(app.GiveCode{Digits: secret(code(w.clock.Now()))}, app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	at[app.Registered](k.must(w.mailed(privateMail)))
	at[app.Done](k.must(app.Finish{}))
	w.clock.pass(48 * time.Hour)
	k = w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ana.UserID}, app.GiveReason{Reason: app.ReasonLocked}, app.Choose{Kind: app.KindAuthApp})
	k.must(app.GiveCode{Digits: secret(code(w.clock.Now()))}).must(w.mailed(privateMail))
	at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	delete(w.dir.cannot, ana.ID)
	if !w.signsIn(ana, newPassword) {
		t.Error("the new password is not the directory's")
	}
}

// Contacts that were entered beforehand lead there too, where the policy lets them: such a directory says of nobody that there was
// never a password.
func TestContactsResetWithoutVerifying(t *testing.T) {
	w, ana := cannotVerify(t, trial.Ready, everyContact, func(p *policy.Policy) { p.Registration.ContactsMayReset = true })
	w.enter(row(1, ana, mobile, "ana@letters.example"))
	k := w.reset(ana).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: mobile})
	k.must(w.mailed(mobile))
	done := at[app.Done](k.must(w.mailed("ana@letters.example"), app.GivePassword{Password: secret(newPassword)}))
	if !slices.Contains(done.Facts, app.FactPasswordSet) {
		t.Errorf("facts: %v", done.Facts)
	}
}
