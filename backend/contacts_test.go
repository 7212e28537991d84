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

// everyContact allows every method that a contact can serve.
func everyContact(p *policy.Policy) {
	p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS, app.KindVoice, app.KindEmail}
}

// neverHad begins a reset of somebody who never had a password, and says so or something else.
func (w *world) neverHad(p trial.Person, reason app.Reason) *talk {
	w.t.Helper()
	return w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: p.UserID}, app.GiveReason{Reason: reason})
}

// onFile are somebody's credentials at rest, by kind.
func (w *world) onFile(p trial.Person) map[app.Kind]port.CredentialRecord {
	w.t.Helper()
	found := map[app.Kind]port.CredentialRecord{}
	w.ok(w.config.Store.View(w.t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(p.ID)
		for _, c := range creds {
			found[c.Kind] = c
		}
		return err
	}))
	return found
}

func TestTheFirstPasswordByContacts(t *testing.T) {
	for _, reason := range []app.Reason{app.ReasonNever, app.ReasonForgot, app.ReasonLocked} {
		w, hugo := newWorld(t, everyContact), someone(trial.Never)
		k := w.neverHad(hugo, reason)
		want := []app.Choice{{Kind: app.KindSMS, Recommended: true}, {Kind: app.KindVoice}, {Kind: app.KindEmail}}
		if choice := at[app.ChooseMethod](k); !slices.Equal(choice.Choices, want) || choice.Gates != 2 {
			t.Fatalf("%s: the first gate offers %+v", reason, choice)
		}
		k.must(app.Choose{Kind: app.KindSMS})
		if step := at[app.EnterPhone](k); !step.Confirm || step.Number != "" {
			t.Errorf("%s: a stranger learns the number: %+v", reason, step)
		}
		k.must(app.GivePhone{Number: hugo.Mobile})
		if w.onFile(hugo)[app.KindSMS].Counts() {
			t.Errorf("%s: a code that was sent confirmed the number", reason)
		}
		k.must(w.mailed(hugo.Mobile))
		if step := at[app.EnterCode](k); step.Channel != app.KindEmail || len(k.flow.Others) != 0 {
			t.Fatalf("%s: after a text the same telephone is offered: %+v, others %v", reason, step, k.flow.Others)
		}
		on := w.onFile(hugo)
		if !on[app.KindSMS].Counts() || on[app.KindVoice].Counts() || on[app.KindEmail].Counts() || w.audited("contact.confirmed", "succeeded") != 1 {
			t.Errorf("%s: the proof confirms what it proved, and no more: %+v", reason, on)
		}
		at[app.NewPassword](k.must(w.mailed(hugo.Mail)))
		done := at[app.Done](k.must(app.GivePassword{Password: secret(newPassword)}))
		if want := []app.Fact{app.FactFirstPassword, app.FactContacts, app.FactTold}; !slices.Equal(done.Facts, want) {
			t.Errorf("%s: facts %v, want %v", reason, done.Facts, want)
		}
		if !w.signsIn(hugo, newPassword) {
			t.Errorf("%s: the first password is not taken", reason)
		}
		w.clock.pass(time.Minute)
		at[app.ChooseMethod](w.reset(hugo)) // registered from now on, without a cooling-off time
	}
}

func TestWithoutEnoughContacts(t *testing.T) {
	hugo := someone(trial.Never)
	phoneOnly := func(p *policy.Policy) { p.Methods.Allowed = []app.Kind{app.KindSMS, app.KindVoice} }
	k := newWorld(t, phoneOnly).start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: hugo.UserID})
	if got := at[app.Blocked](k); got.Code != app.CodeNoWayYet || !k.flow.Contact {
		t.Errorf("a text and a call to one number count as two: %s, contact %v", got.Code, k.flow.Contact)
	}
	oneGate := newWorld(t, phoneOnly, func(p *policy.Policy) { p.Methods.Gates, p.Methods.Register = 1, 1 })
	at[app.ChooseMethod](oneGate.neverHad(hugo, app.ReasonNever))
}

func TestTheSameTelephonePassesOneGate(t *testing.T) {
	w, hugo := newWorld(t, everyContact), someone(trial.Never)
	k := w.neverHad(hugo, app.ReasonNever).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: hugo.Mail})
	choice := at[app.ChooseMethod](k.must(w.mailed(hugo.Mail)))
	if len(choice.Choices) != 2 {
		t.Errorf("after the mail either way to the telephone is offered: %+v", choice.Choices)
	}
	k.must(app.Choose{Kind: app.KindVoice})
	at[app.NewPassword](k.must(w.mailed(hugo.Mobile)))
}

func TestContactsCountForNothingBeforeTheyAreConfirmed(t *testing.T) {
	w, ana := newWorld(t, everyContact), someone(trial.Ready)
	w.enter(row(1, ana, mobile, "ana@letters.example"))
	if got := at[app.Blocked](w.reset(ana)); got.Code != app.CodeNotVerified {
		t.Errorf("somebody who has a password resets by contacts: %s", got.Code)
	}
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(ana, ana.Password))
	if step := at[app.SignedIn](k); step.Registered {
		t.Error("contacts that nobody confirmed count as registered")
	}
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	if grant.Session.Registered {
		t.Error("the session says registered")
	}
	if choice := at[app.ChooseMethod](w.register(ana)); len(choice.Have) != 0 {
		t.Errorf("the wizard counts %+v", choice.Have)
	}
	w.lock(ana)
	w.messages()
	at[app.Done](w.toPassword(someone(trial.Registered)).must(app.GivePassword{Password: secret(newPassword)}))
	if w.heard(app.MessagePasswordChanged, "ana@letters.example") != 0 {
		t.Error("a contact that nobody confirmed was told")
	}
}

func TestContactsMayResetByPolicy(t *testing.T) {
	allowed := func(p *policy.Policy) { p.Registration.ContactsMayReset = true }
	w, ana := newWorld(t, everyContact, allowed), someone(trial.Ready)
	w.enter(row(1, ana, mobile, "ana@letters.example"))
	k := w.reset(ana).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: mobile})
	k.must(w.mailed(mobile))
	done := at[app.Done](k.must(w.mailed("ana@letters.example"), app.GivePassword{Password: secret(newPassword)}))
	if slices.Contains(done.Facts, app.FactFirstPassword) || w.audited("contact.confirmed", "succeeded") != 2 {
		t.Errorf("facts %v, %d confirmed", done.Facts, w.audited("contact.confirmed", "succeeded"))
	}
	greta := someone(trial.Admin)
	w.enter(row(1, greta, "+61491570313", ""))
	k = w.reset(greta)
	for _, choice := range at[app.ChooseMethod](k).Choices {
		if choice.Kind == app.KindSMS {
			t.Error("a contact serves an administrator")
		}
	}
}

func TestContactsInTheSecurityInfo(t *testing.T) {
	w, ben := newWorld(t, everyContact), someone(trial.Registered)
	w.enter(row(1, ben, mobile, ""))
	k := w.manage(ben)
	info := at[app.SecurityInfo](k)
	var entered []app.Credential
	for _, c := range info.Have {
		if c.Entered {
			entered = append(entered, c)
		}
	}
	if len(info.Have) != 4 || len(entered) != 2 || entered[0].Masked != "+61 ••••••56" || entered[0].Default {
		t.Fatalf("listed: %+v", info.Have)
	}
	k.refused(app.SetDefault{Credential: entered[0].ID}, app.CodeNotNow)
	confirm := at[app.ConfirmDelete](k.must(app.Delete{Credential: entered[0].ID}))
	if confirm.Left != 2 {
		t.Errorf("without a contact that does not count %d are left", confirm.Left)
	}
	k.must(app.Delete{Credential: entered[0].ID})
	if got := len(at[app.SecurityInfo](k).Have); got != 3 {
		t.Errorf("%d are listed after the deletion", got)
	}
}

func TestAContactIsConfirmedInTheSecurityInfo(t *testing.T) {
	w, ben := newWorld(t, everyContact), someone(trial.Registered)
	w.enter(row(1, ben, mobile, ""))
	k := w.manage(ben).must(app.Choose{Kind: app.KindSMS})
	if uses := at[app.EnterPhone](k).Uses; !slices.Contains(uses, app.PhoneMobile) {
		t.Fatalf("the number that was entered stands in the way of its owner's: %v", uses)
	}
	k.must(app.GivePhone{Number: mobile, Use: app.PhoneMobile})
	for _, c := range at[app.SecurityInfo](k.must(w.mailed(mobile))).Have {
		if c.Entered != (c.Kind == app.KindVoice) {
			t.Errorf("%s: still to be confirmed %v", c.Kind, c.Entered)
		}
	}
}

func TestWhatIsRegisteredTakesAContactsPlace(t *testing.T) {
	w, ana := newWorld(t, everyContact), someone(trial.Ready)
	w.enter(row(1, ana, mobile, ""))
	k := w.register(ana).addNumber(app.KindSMS, other, app.PhoneMobile)
	if have := at[app.ChooseMethod](k).Have; len(have) != 1 {
		t.Errorf("registered: %+v", have)
	}
	on := w.onFile(ana)
	if got := on[app.KindSMS]; !got.Counts() || got.Address != other || len(on) != 2 {
		t.Errorf("on file: %+v", on)
	}
}

func TestContactsAreSeenWhereThePolicyChanges(t *testing.T) {
	w := newWorld(t, everyContact)
	for name, c := range map[string]struct {
		change func(*policy.Policy)
		want   int
	}{
		"phones alone":  {func(p *policy.Policy) { p.Methods.Allowed = []app.Kind{app.KindSMS, app.KindVoice} }, 5}, // one telephone each
		"without calls": {func(p *policy.Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS, app.KindEmail} }, 0},
	} {
		if got := w.stranded(c.change); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
