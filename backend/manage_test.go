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

// manage opens the security info page of a person who signs in for it.
func (w *world) manage(p trial.Person) *talk {
	w.t.Helper()
	caller, err := w.caller(w.signIn(p).Access)
	w.ok(err)
	return w.start(app.PurposeManage, caller)
}

// owns is the ID of the credential of a kind on the page at hand.
func (k *talk) owns(kind app.Kind) app.CredentialID {
	k.w.t.Helper()
	for _, c := range at[app.SecurityInfo](k).Have {
		if c.Kind == kind {
			return c.ID
		}
	}
	k.w.t.Fatalf("no %s is registered", kind)
	return ""
}

// heard counts the messages of a template that went to an address.
func (w *world) heard(template app.MessageID, to string) int {
	n := 0
	for _, m := range w.messages() {
		if m.Template == template && m.To == to {
			n++
		}
	}
	return n
}

func TestDeletingAsksFirst(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.manage(ben)
	begun := w.reset(ben)
	mail := k.owns(app.KindEmail)
	ask := at[app.ConfirmDelete](k.must(app.Delete{Credential: mail}))
	if ask.Credential.ID != mail || ask.Left != 1 || ask.Needed != 2 {
		t.Errorf("asked: %+v", ask)
	}
	at[app.SecurityInfo](k.must(app.Back{}))
	k.must(app.Delete{Credential: mail})
	k.refused(app.Delete{Credential: "another"}, app.CodeNotNow)
	if have := at[app.SecurityInfo](k.must(app.Delete{Credential: mail})).Have; len(have) != 1 || have[0].Kind != app.KindAuthApp {
		t.Errorf("left: %+v", have)
	}
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeMethodRemoved || n.Kind != app.KindEmail {
		t.Errorf("notice: %+v", n)
	}
	if w.heard(app.MessageMethodRemoved, ben.Mail) != 1 || w.heard(app.MessageMethodRemoved, ben.UserID) != 1 {
		t.Error("not every channel that predates the deletion was told")
	}
	if w.audited("manage.deleted", "succeeded") != 1 {
		t.Error("the audit trail does not tell of it")
	}
	begun.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeEnded)
	if got := at[app.Blocked](w.reset(ben)); got.Code != app.CodeNotVerified {
		t.Errorf("a deleted method is not dead at once: %+v", got)
	}
	k.refused(app.Delete{Credential: mail}, app.CodeNotNow)
	k.refused(app.Reveal{Credential: "someone-else"}, app.CodeNotNow)
}

func TestAnOldProofIsAskedForAnew(t *testing.T) {
	w, ben := newWorld(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail)), someone(trial.Registered)
	w.registerText(ben)
	w.change(ben, func(c *port.CredentialRecord) { c.Default = c.Kind == app.KindSMS })
	k := verifying(w)
	k.must(w.mailed(mobile))
	grant, err := w.Grant(k.ctx, k.flow.ID)
	w.ok(err)
	caller, err := w.caller(grant.Access)
	w.ok(err)
	k = w.start(app.PurposeManage, caller)
	text := k.owns(app.KindSMS)
	if ask := at[app.EnterCode](k.must(app.Reveal{Credential: text})); ask.Channel != app.KindAuthApp || len(k.flow.Others) != 0 {
		t.Errorf("signed in by text, a change asks for %s, or %v, not for the strongest", ask.Channel, k.flow.Others)
	}
	at[app.SecurityInfo](k.must(app.Back{})) // nothing was shown
	k.must(app.Reveal{Credential: text})
	k.refused(w.wrongCode(ben), app.CodeWrongCode)
	if got := at[app.Revealed](k.must(w.code(ben))); got.Value.Reveal() != mobile || got.Credential.ID != text {
		t.Errorf("revealed: %+v", got.Credential)
	}
	if w.audited("manage.revealed", "succeeded") != 1 || w.audited("manage.gate", "succeeded") != 1 {
		t.Error("the audit trail does not tell of the proof and of what it showed")
	}
	w.clock.pass(10 * time.Minute)
	at[app.ConfirmDelete](k.must(app.Back{}, app.Delete{Credential: text})) // the last instant
	w.clock.pass(time.Second)
	at[app.EnterCode](k.must(app.Delete{Credential: text}))
	at[app.SecurityInfo](k.must(w.code(ben)))
	if w.heard(app.MessageMethodRemoved, mobile) != 1 {
		t.Error("the deleted number was not told")
	}
}

func TestTheDefaultMovesOn(t *testing.T) {
	w, ben := newWorld(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail)), someone(trial.Registered)
	w.registerText(ben)
	k := w.manage(ben)
	isDefault := func(kind app.Kind) {
		t.Helper()
		for _, c := range at[app.SecurityInfo](k).Have {
			if c.Default != (c.Kind == kind) {
				t.Errorf("%s: default %v, want %s", c.Kind, c.Default, kind)
			}
		}
	}
	isDefault(app.KindAuthApp)
	k.refused(app.SetDefault{Credential: k.owns(app.KindEmail)}, app.CodeNotNow)
	k.must(app.SetDefault{Credential: k.owns(app.KindSMS)})
	k.must(app.SetDefault{Credential: k.owns(app.KindSMS)}) // no change, and nothing to tell
	for channel, want := range map[string]int{ben.Mail: 1, ben.UserID: 1, mobile: 1} {
		if told := w.heard(app.MessageDefaultSet, channel); told != want {
			t.Errorf("%s was told %d times of another default", channel, told)
		}
	}
	isDefault(app.KindSMS)
	text := k.owns(app.KindSMS)
	k.must(app.Delete{Credential: text}, app.Delete{Credential: text})
	isDefault(app.KindAuthApp)
}

// coolFor sets the cooling-off time.
func coolFor(d time.Duration) func(*policy.Policy) {
	return func(p *policy.Policy) { p.Registration.CoolingOff = d }
}

func TestWhatIsAddedLaterCoolsOff(t *testing.T) {
	w := newWorld(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail), coolFor(24*time.Hour))
	ben := someone(trial.Registered)
	k := w.manage(ben).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: mobile, Use: app.PhoneMobile})
	at[app.SecurityInfo](k.must(w.mailed(mobile)))
	opens := w.clock.Now().Add(24 * time.Hour)
	for _, c := range at[app.SecurityInfo](k).Have {
		if want := c.Kind == app.KindSMS; c.UsableAt.IsZero() == want || want && !c.UsableAt.Equal(opens) {
			t.Errorf("%s can reset from %v", c.Kind, c.UsableAt)
		}
	}
	if w.heard(app.MessageMethodAdded, ben.Mail) != 1 || w.heard(app.MessageMethodAdded, mobile) != 0 {
		t.Error("not just the channels that predate the change were told")
	}
	offered := func() []app.Choice { return at[app.ChooseMethod](w.reset(ben)).Choices }
	has := func(all []app.Choice, kind app.Kind) bool {
		return slices.ContainsFunc(all, func(c app.Choice) bool { return c.Kind == kind })
	}
	if has(offered(), app.KindSMS) {
		t.Error("a reset offers what is still cooling off")
	}
	w.clock.pass(24 * time.Hour)
	if !has(offered(), app.KindSMS) {
		t.Error("a reset does not offer what has cooled off")
	}
}

// Deleting below what is needed and adding anew is no way round the cooling-off time.
func TestDeletingDoesNotMakeItAFirstRegistration(t *testing.T) {
	w, ben := newWorld(t, coolFor(24*time.Hour)), someone(trial.Registered)
	k := w.manage(ben)
	mail := k.owns(app.KindEmail)
	k.must(app.Delete{Credential: mail}, app.Delete{Credential: mail})
	k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	k.must(w.mailed(privateMail))
	if got := at[app.Blocked](w.reset(ben)); got.Code != app.CodeNotVerified {
		t.Errorf("an address of a moment ago resets: %+v", got)
	}
}

func TestTheFirstRegistrationDoesNotCoolOff(t *testing.T) {
	w, ana := newWorld(t, coolFor(72*time.Hour)), someone(trial.Ready)
	k := w.register(ana).must(app.Choose{Kind: app.KindAuthApp})
	k.must(app.GiveCode{Digits: secret(appOf(k)(w.clock.Now()))})
	k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: privateMail})
	k.must(w.mailed(privateMail))
	at[app.ChooseMethod](w.reset(ana))
}

func TestSignOutEverywhere(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	elsewhere := w.signIn(ben)
	k := w.manage(ben).must(app.SignOutEverywhere{})
	if done := at[app.Done](k); !slices.Equal(done.Facts, []app.Fact{app.FactEverywhere}) {
		t.Errorf("facts: %v", done.Facts)
	}
	if _, err := w.caller(elsewhere.Access); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("a session elsewhere: %v", err)
	}
	if w.audited("session.end_all", "succeeded") != 1 {
		t.Error("the audit trail does not tell of it")
	}
}

// An open page of a session that has ended changes nothing; nor does a password of long ago, where it is all there is.
func TestChangesNeedTheSession(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	grant := w.signIn(ben)
	caller, err := w.caller(grant.Access)
	w.ok(err)
	k := w.start(app.PurposeManage, caller)
	w.ok(w.EndSession(w.with(grant.Access)))
	k.refused(app.Delete{Credential: k.owns(app.KindEmail)}, app.CodeSignedOut)

	ana := someone(trial.Ready)
	k = w.register(ana)
	w.clock.pass(10*time.Minute + time.Second)
	k.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeSignedOut)
	if _, err := w.Start(t.Context(), app.Start{Purpose: app.PurposeManage, Key: w.key()}); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("nobody may manage without a session: %v", err)
	}
}

// TestNothingIsAddedAfterTheSession refuses a right code once the session has ended, and registers nothing.
func TestNothingIsAddedAfterTheSession(t *testing.T) {
	w, ben := newWorld(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail)), someone(trial.Registered)
	grant := w.signIn(ben)
	caller, err := w.caller(grant.Access)
	w.ok(err)
	k := w.start(app.PurposeManage, caller).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: mobile, Use: app.PhoneMobile})
	w.ok(w.EndSession(w.with(grant.Access)))
	k.refused(w.mailed(mobile), app.CodeSignedOut)
	w.ok(w.config.Store.View(t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(ben.ID)
		if len(creds) != 2 {
			t.Errorf("%d methods are registered, were 2", len(creds))
		}
		return err
	}))
}
