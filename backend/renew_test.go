package backend_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// Signing in with a password that has to be changed.

func mustChange(a *port.DirectoryAccount) { a.MustChange = true }

// places are the stepper's, and where it stands.
func places(flow app.Flow) (ids []app.PlaceID, now app.PlaceID) {
	for _, p := range flow.Places {
		ids = append(ids, p.ID)
		if p.State == app.PlaceNow {
			now = p.ID
		}
	}
	return ids, now
}

func TestAPasswordThatMustBeChangedIsChangedBehindTheGate(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	before := w.signIn(ben)
	w.becomes(ben, mustChange)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password))
	at[app.EnterCode](k)
	if ids, now := places(k.flow); !slices.Equal(ids, []app.PlaceID{app.PlaceSignIn, app.PlaceVerify, app.PlaceNewPassword}) || now != app.PlaceVerify {
		t.Errorf("at the gate the places are %v, at %s", ids, now)
	}
	k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeNotNow)
	w.clock.pass(30 * time.Second)
	step := at[app.NewPassword](k.must(w.code(ben)))
	if !step.Renew || step.Rules.History != 3 || step.Rules.MinLength != 15 {
		t.Errorf("the page: %+v", step)
	}
	if _, now := places(k.flow); now != app.PlaceNewPassword || k.flow.CanBack {
		t.Errorf("it stands at %s, back %v", now, k.flow.CanBack)
	}
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a session before the new password: %v", err)
	}
	k.refused(app.GivePassword{Password: secret(ben.Password)}, app.CodeDirectory)
	if !at[app.NewPassword](k).Renew {
		t.Error("after a refusal the page doesn't say why it is there")
	}
	w.dir.change = func(func() error) error { t.Error("the person's own change was tried"); return nil }
	at[app.SignedIn](k.must(app.GivePassword{Password: secret(newPassword)}))
	if k.flow.Notice == nil || k.flow.Notice.Code != app.NoticeRenewed {
		t.Errorf("notice: %+v", k.flow.Notice)
	}
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	if _, err := w.caller(grant.Access); err != nil {
		t.Errorf("the session stands on another password: %v", err)
	}
	w.dead("a session of the old password", before)
	if w.signsIn(ben, ben.Password) || !w.signsIn(ben, newPassword) {
		t.Error("not just the new password is taken")
	}
	if w.heard(app.MessagePasswordChanged, ben.Mail) != 1 || w.audited("sign_in.write", "succeeded") != 1 {
		t.Error("the new password was not told or not audited")
	}
}

// TestWhoHasNothingRegisteredRenewsBeforeRegistering: the password is all that can be asked for.
func TestWhoHasNothingRegisteredRenewsBeforeRegistering(t *testing.T) {
	w, ana := newWorld(t, func(p *policy.Policy) { p.Registration.Mode = policy.ModeRequired }), someone(trial.Ready)
	w.becomes(ana, mustChange)
	k := w.start(app.PurposeSignIn, app.Caller{})
	k.refused(try(ana, "not hers at all"), app.CodeSignIn)
	at[app.NewPassword](k.must(try(ana, ana.Password)))
	in := at[app.SignedIn](k.must(app.GivePassword{Password: secret(newPassword)}))
	if in.Registered || in.Due != app.DueRegister {
		t.Errorf("signed in: %+v", in)
	}
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	at[app.ChooseMethod](w.begins(grant, app.PurposeRegister))
}

// TestAWrongPasswordHearsNothingOfAChange, and nothing tells a lock from it in private disclosure.
func TestAWrongPasswordHearsNothingOfAChange(t *testing.T) {
	w, ben := newWorld(t, private), someone(trial.Registered)
	w.becomes(ben, mustChange)
	k := w.start(app.PurposeSignIn, app.Caller{})
	k.refused(try(ben, "a guess"), app.CodeSignIn)
	at[app.EnterSignIn](k)
}

// TestWhoMayNotBeHelpedIsToldWhyInsteadOfRenewing: Sparekey doesn't set their password, and they sign in once they have changed it.
func TestWhoMayNotBeHelpedIsToldWhyInsteadOfRenewing(t *testing.T) {
	for want, change := range map[app.Code]func(*port.DirectoryAccount){
		app.CodeNotEnabled: func(a *port.DirectoryAccount) { a.Groups = nil },
		app.CodeNotManaged: func(a *port.DirectoryAccount) { a.Elsewhere = true },
		app.CodeProtected:  func(a *port.DirectoryAccount) { a.Protected = true },
	} {
		w, ben := newWorld(t), someone(trial.Registered)
		w.becomes(ben, change)
		w.becomes(ben, mustChange)
		k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password))
		if got := at[app.Blocked](k); got.Code != want || k.flow.CanBack {
			t.Errorf("%s: %+v, back %v", want, got, k.flow.CanBack)
		}
		if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeNotNow {
			t.Errorf("%s: a session: %v", want, err)
		}
	}
}

// TestAnOldPasswordHasNoSay: another password was set while the new one was asked for.
func TestAnOldPasswordHasNoSay(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	w.becomes(ana, mustChange)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password))
	w.setElsewhere(ana, "what the help desk said")
	w.dir.set = func(func() error) error { t.Error("the directory was asked to set a password"); return nil }
	k.refused(app.GivePassword{Password: secret(newPassword)}, app.CodeEnded)
}

// TestAProofByWhatIsNotAllowedAnyMoreIsNone, when the new password comes.
func TestAProofByWhatIsNotAllowedAnyMoreIsNone(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	w.becomes(ben, mustChange)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ben, ben.Password), w.code(ben))
	w.forbid(app.KindAuthApp, app.KindVoice)
	w.dir.set = func(func() error) error { t.Error("the directory was asked to set a password"); return nil }
	k.must(app.GivePassword{Password: secret(newPassword)})
	if !at[app.NewPassword](k).Renew {
		t.Error("who has no verification method left goes on by the password alone")
	}
	w.dir.set = nil
	at[app.SignedIn](k.must(app.GivePassword{Password: secret(newPassword)}))
}

// TestARenewalThatNobodyConfirmed goes on where the directory says that it happened, and the session stands on it.
func TestARenewalThatNobodyConfirmed(t *testing.T) {
	for _, written := range []bool{true, false} {
		w, ana := newWorld(t), someone(trial.Ready)
		w.becomes(ana, mustChange)
		k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password))
		w.dir.set = func(write func() error) error {
			if written {
				w.ok(write())
			}
			return errTimeout
		}
		at[app.Confirming](k.must(app.GivePassword{Password: secret(newPassword)}))
		w.dir.set = nil
		w.restart()
		w.ok(w.Sweep(t.Context()))
		if k.again(); !written {
			if !at[app.NewPassword](k).Renew || k.flow.Notice == nil || k.flow.Notice.Code != app.NoticeNotWritten {
				t.Errorf("not written: %+v, notice %+v", k.flow.Now, k.flow.Notice)
			}
			k.must(app.GivePassword{Password: secret(newPassword)})
		}
		at[app.SignedIn](k)
		grant, err := w.Grant(k.ctx, k.flow.ID)
		w.ok(err)
		if _, err := w.caller(grant.Access); err != nil {
			t.Errorf("written %v: %v", written, err)
		}
	}
}

// TestAResetAndAChangeEndThatItMustBeChanged: in a change it is the directory's word that counts, and it is reset.
func TestAResetAndAChangeEndThatItMustBeChanged(t *testing.T) {
	for name, set := range map[string]func(w *world, p trial.Person) *talk{
		"a reset": func(w *world, p trial.Person) *talk { return w.toPassword(p) },
		"a change": func(w *world, p trial.Person) *talk {
			caller, err := w.caller(w.signIn(p).Access)
			w.ok(err)
			w.becomes(p, mustChange)
			w.dir.change = func(func() error) error { t.Error("the person's own change was tried"); return nil }
			return w.start(app.PurposeChange, caller).must(typed(p.Password))
		},
	} {
		w, ben := newWorld(t), someone(trial.Registered)
		k := set(w, ben)
		w.becomes(ben, mustChange)
		at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
		if err := w.dir.Directory.Verify(t.Context(), ben.ID, secret(newPassword)); err != nil {
			t.Errorf("%s: the new password: %v", name, err)
		}
	}
}

// TestASessionStandsOnTheRenewedPassword, and not on one that was set elsewhere before the session was opened.
func TestASessionStandsOnTheRenewedPassword(t *testing.T) {
	w, ana := newWorld(t), someone(trial.Ready)
	w.becomes(ana, mustChange)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password), app.GivePassword{Password: secret(newPassword)})
	at[app.SignedIn](k)
	w.setElsewhere(ana, "what the help desk said")
	if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
		t.Errorf("a session by a password that is no longer hers: %v", err)
	}
}
