package backend_test

import (
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// What happens where two capabilities meet.

// becomes changes somebody's account in the directory.
func (w *world) becomes(p trial.Person, change func(*port.DirectoryAccount)) {
	w.t.Helper()
	account, err := w.dir.Account(w.t.Context(), p.ID)
	w.ok(err)
	change(&account)
	w.ok(w.dir.Put(w.t.Context(), account, app.Secret{}))
}

func (w *world) obeys(change ...func(*policy.Policy)) {
	w.t.Helper()
	w.apply(change...)
	w.ok(w.Reload(w.t.Context()))
}

func promoted(a *port.DirectoryAccount) { a.Admin = true }

func TestGatesThatArePassedLeadOnAfterARefusal(t *testing.T) {
	for _, disclosure := range []policy.Disclosure{policy.Helpful, policy.Private} {
		w, ben := newWorld(t, func(p *policy.Policy) { p.Feature.Disclosure = disclosure }), someone(trial.Registered)
		k := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot})
		k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
		k.must(w.mailed(ben.Mail)).must(w.code(ben))
		w.becomes(ben, func(a *port.DirectoryAccount) { a.Disabled = true })
		if got := at[app.Blocked](k.must(app.GivePassword{Password: secret(newPassword)})); got.Code != app.CodeDisabled {
			t.Fatalf("disabled meanwhile: %s", got.Code)
		}
		w.becomes(ben, func(a *port.DirectoryAccount) { a.Disabled = false })
		k.must(app.Back{}, app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot})
		at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
	}
}

func TestANewPasswordAfterAnUnlockThatNobodyConfirmed(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	k := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	w.dir.lift = func(func() error) error { return errors.New("no answer") }
	k.refused(typed(farid.Password), app.CodeUnavailable)
	w.dir.set = func(write func() error) error {
		w.ok(write())
		return errors.New("no answer")
	}
	at[app.Confirming](k.again().must(app.Back{}, app.GiveUnlock{}, app.GivePassword{Password: secret(newPassword)}))
	w.restart()
	w.ok(w.Sweep(t.Context()))
	at[app.Done](k.again())
	if w.heard(app.MessagePasswordChanged, farid.Mail) != 1 {
		t.Error("a new password that the directory took was never told")
	}
}

func TestWhatTurnsAnUnlockOff(t *testing.T) {
	w, farid := newWorld(t), someone(trial.Locked)
	chosen := w.toUnlock(farid).must(app.GiveUnlock{Only: true})
	w.clock.pass(time.Minute)
	asked := w.toUnlock(farid)
	w.obeys(func(p *policy.Policy) { p.Feature.Unlock = false })
	w.dir.lift = func(func() error) error { t.Error("the directory was asked to unlock"); return nil }
	at[app.NewPassword](chosen.must(typed(farid.Password)))
	at[app.NewPassword](asked.must(app.GiveUnlock{Only: true}))
}

func TestWhoMayHearOfARefusal(t *testing.T) {
	w, hugo := newWorld(t, everyContact, private), someone(trial.Never)
	w.becomes(hugo, func(a *port.DirectoryAccount) { a.Disabled = true })
	at[app.Triage](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: hugo.UserID}))
	for _, to := range []string{hugo.Mail, hugo.Mobile} {
		if w.heard(app.MessageResetTried, to) != 0 {
			t.Errorf("a contact that nobody confirmed was told: %s", to)
		}
	}
}

func TestASignInOpensNothingAfterItsSessionEnded(t *testing.T) {
	ways := map[string]func(*world, app.Grant){
		"signed out": func(w *world, g app.Grant) { w.ok(w.EndSession(w.with(g.Access))) },
		"two hold a token": func(w *world, g app.Grant) {
			next, err := w.Renew(t.Context(), g.Refresh)
			w.ok(err)
			w.with(next.Access)
			_, err = w.Renew(t.Context(), g.Refresh)
			if app.CodeOf(err) != app.CodeSignedOut {
				t.Errorf("the token before: %v", err)
			}
		},
	}
	for name, end := range ways {
		w, ben := newWorld(t), someone(trial.Registered)
		k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: ben.UserID, Password: secret(ben.Password)}, w.code(ben))
		first, err := w.Grant(k.ctx, k.flow.ID)
		w.ok(err)
		second, err := w.Grant(k.ctx, k.flow.ID) // the answer was lost
		w.ok(err)
		if _, err := w.caller(first.Access); app.CodeOf(err) != app.CodeSignedOut {
			t.Errorf("%s: two sessions: %v", name, err)
		}
		end(w, second)
		if _, err := w.Grant(k.ctx, k.flow.ID); app.CodeOf(err) != app.CodeEnded {
			t.Errorf("%s: the flow opened another session: %v", name, err)
		}
	}
}

func TestAPassLastsAQuarterOfAnHourHoweverOftenItIsAskedFor(t *testing.T) {
	w, elsa := newWorld(t), someone(trial.Ready)
	k := w.start(app.PurposeSignIn, app.Caller{}).must(with(elsa, w.pass(elsa, true).Code))
	first, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	w.clock.pass(10 * time.Minute)
	second, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	if !second.RefreshExpires.Equal(first.RefreshExpires) {
		t.Errorf("asked for again it lasts until %v, not %v", second.RefreshExpires, first.RefreshExpires)
	}
}

func TestAPassOpensNothingForWhoBecameAnAdministrator(t *testing.T) {
	w, elsa := newWorld(t), someone(trial.Ready)
	grant := w.byPass(elsa)
	w.becomes(elsa, promoted)
	if got := at[app.Blocked](w.begins(grant, app.PurposeRegister)); got.Code != app.CodePassAdmin {
		t.Errorf("an administrator by pass: %s", got.Code)
	}
}

func TestContactsThatWereEnteredNeverServeAnAdministrator(t *testing.T) {
	w, hugo := newWorld(t, everyContact), someone(trial.Never)
	k := w.neverHad(hugo, app.ReasonNever).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: hugo.Mobile})
	k.must(w.mailed(hugo.Mobile)).must(w.mailed(hugo.Mail))
	w.becomes(hugo, promoted)
	w.dir.set = func(func() error) error { t.Error("contacts set an administrator's password"); return nil }
	if got := at[app.Blocked](k.must(app.GivePassword{Password: secret(newPassword)})); got.Code != app.CodeNoWayYet {
		t.Errorf("an administrator by contacts: %s", got.Code)
	}
	if got := at[app.Blocked](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: hugo.UserID})); got.Code != app.CodeNoWayYet {
		t.Errorf("an administrator whose contacts are confirmed: %s", got.Code)
	}
}

// TestStrangersDoNotUseUpTheDay: who only names people gets half of the day's texts; who gave a password gets the rest.
func TestStrangersDoNotUseUpTheDay(t *testing.T) {
	w := newWorld(t, private, allow(app.KindSMS, app.KindVoice), func(p *policy.Policy) {
		p.Codes.ConfirmDestination, p.Calls.SendsPerDay, p.Recovery.StartsPerHour = false, 6, 1000
	})
	ana := someone(trial.Ready)
	r := w.register(ana)
	r.addNumber(app.KindSMS, mobile, app.PhoneMobile)
	for n := range 6 {
		name := string(rune('a'+n)) + ".named"
		named := port.DirectoryAccount{ID: app.AccountID("id-" + name), UserID: name, Name: name, Groups: []string{"Password self-service"}}
		w.ok(w.dir.Put(t.Context(), named, secret("correct horse battery")))
		w.holdsNumber(named, app.KindSMS, app.GivePhone{Number: other, Use: app.PhoneMobile}, 0, 0)
		w.holdsNumber(named, app.KindVoice, app.GivePhone{Number: office, Use: app.PhoneOffice}, 1, 0) // another telephone, or one gate is all
		w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: name}, app.GiveReason{Reason: app.ReasonForgot}, app.Choose{Kind: app.KindSMS})
		w.messages()
		w.clock.pass(11 * time.Minute) // the number gets its share
	}
	texts := 0
	for _, m := range w.messages() {
		if m.To == other && m.Code != "" {
			texts++
		}
	}
	if texts != 3 {
		t.Errorf("strangers used %d of 6, want 3", texts)
	}
	k := w.start(app.PurposeSignIn, app.Caller{}).must(app.SignIn{UserID: ana.UserID, Password: secret(ana.Password)})
	at[app.EnterCode](k)
}
