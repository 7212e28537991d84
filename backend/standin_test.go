package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// everyVerifying allows every verification method, and email.
func everyVerifying(p *policy.Policy) {
	keysAllowed(p)
	p.Methods.Allowed = []app.Kind{app.KindSecurityKey, app.KindAuthApp, app.KindSMS, app.KindVoice, app.KindEmail}
}

// withLostKey is the security info page of somebody who signed in by the app, and has a number and a key that is lost.
func withLostKey(t *testing.T) (*world, trial.Person, *talk) {
	t.Helper()
	w, ben := newWorld(t, everyVerifying, waitsADay), someone(trial.Registered)
	w.registerText(ben)
	w.clock.pass(time.Minute)
	w.register(ben).addKey(&keytest.Key{}, "Blue key")
	w.clock.pass(25 * time.Hour)
	w.change(ben, func(c *port.CredentialRecord) { c.Default = c.Kind == app.KindAuthApp })
	return w, ben, w.manage(ben)
}

// TestALostKeyAloneTakesNoHelpDesk: two other verification methods together stand in for it. Every channel is told, and what
// is added then waits; one of them alone opens nothing.
func TestALostKeyAloneTakesNoHelpDesk(t *testing.T) {
	w, ben, k := withLostKey(t)
	key := k.owns(app.KindSecurityKey)
	at[app.UseKey](k.must(app.Delete{Credential: key}))
	if got := k.flow.Others; len(got) != 2 || got[0].Kind != app.KindAuthApp || got[1].Kind != app.KindSMS {
		t.Fatalf("other ways: %+v", got)
	}
	at[app.EnterCode](k.must(app.Choose{Kind: app.KindAuthApp}))
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeTwoForKey {
		t.Errorf("notice: %+v", n)
	}
	if step := at[app.EnterCode](k.must(w.code(ben))); step.Channel != app.KindSMS || !k.flow.CanBack {
		t.Fatalf("after the first one: %+v", step)
	}
	k.refused(app.GiveCode{Digits: secret("000000")}, app.CodeWrongCode)
	if w.heard(app.MessageKeyStoodIn, ben.Mail) != 0 {
		t.Error("one of two was taken for both")
	}
	at[app.ConfirmDelete](k.must(w.mailed(mobile)))
	for _, to := range []string{ben.UserID, ben.Mail, mobile} {
		if got := w.heard(app.MessageKeyStoodIn, to); got != 1 {
			t.Errorf("%s was told %d times", to, got)
		}
	}
	if w.audited("manage.stood_in", "succeeded") != 1 {
		t.Error("the audit trail does not have it")
	}
	at[app.SecurityInfo](k.must(app.Delete{Credential: key})) // proven freshly: it asks for nothing more
	k.must(app.Choose{Kind: app.KindSecurityKey})
	k.must(k.make(&keytest.Key{}, "Green key"))
	if fresh := w.onFile(ben)[app.KindSecurityKey]; !fresh.UsableAt.Equal(w.clock.Now().Add(24 * time.Hour)) {
		t.Errorf("a new key serves from %v on", fresh.UsableAt)
	}
}

// TestEachFirstStandInSaysThatItTakesTwo, one that sends a code too, until it has passed.
func TestEachFirstStandInSaysThatItTakesTwo(t *testing.T) {
	w, _, k := withLostKey(t)
	k.must(app.Reveal{Credential: k.owns(app.KindSMS)}, app.Choose{Kind: app.KindSMS})
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeTwoForKey {
		t.Errorf("before the first one: %+v", n)
	}
	k.must(w.mailed(mobile))
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeGatePassed {
		t.Errorf("after it: %+v", n)
	}
}

// TestThiefOfOneMethodHasNoStandIn: going back, another flow and another method of the same telephone don't make two of one.
func TestThiefOfOneMethodHasNoStandIn(t *testing.T) {
	w, ben, k := withLostKey(t)
	mail := k.owns(app.KindEmail)
	for range 2 {
		k.must(app.Delete{Credential: mail}, app.Choose{Kind: app.KindAuthApp}, w.code(ben))
		at[app.SecurityInfo](k.must(app.Back{}))
		w.clock.pass(time.Minute)
	}
	k.must(app.Delete{Credential: mail}, app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	k.refused(app.Choose{Kind: app.KindAuthApp}, app.CodeNotNow)
	at[app.UseKey](k.must(app.Back{}, app.Delete{Credential: mail}))
}

// TestStolenTelephoneIsNoStandIn: a text and a call to one number stand in for nothing, and neither does what only resets.
func TestStolenTelephoneIsNoStandIn(t *testing.T) {
	w, ana := newWorld(t, everyVerifying), someone(trial.Ready)
	k := w.register(ana).addNumber(app.KindSMS, mobile, app.PhoneMobile).addNumber(app.KindVoice, mobile, app.PhoneMobile)
	key := &keytest.Key{}
	k.addMail(privateMail).addKey(key, "Blue key")
	w.clock.pass(time.Hour)
	k = w.openWith(ana, key, app.PurposeManage)
	w.clock.pass(11 * time.Minute)
	at[app.UseKey](k.must(app.Delete{Credential: k.owns(app.KindEmail)}))
	if len(k.flow.Others) != 0 {
		t.Errorf("other ways: %+v", k.flow.Others)
	}
	k.refused(app.Choose{Kind: app.KindSMS}, app.CodeNotNow)
}

// TestThiefsNewMethodsAreNoStandIn before they have cooled off, in any number.
func TestThiefsNewMethodsAreNoStandIn(t *testing.T) {
	w, ben := newWorld(t, everyVerifying, waitsADay), someone(trial.Registered)
	key := &keytest.Key{}
	w.register(ben).addKey(key, "Blue key")
	k := w.openWith(ben, key, app.PurposeManage) // and goes for a coffee
	k.addNumber(app.KindSMS, other, app.PhoneMobile).addNumber(app.KindVoice, office, app.PhoneOffice)
	for _, c := range []struct {
		after  time.Duration
		others int
	}{{time.Hour, 0}, {24 * time.Hour, 3}} {
		w.clock.pass(c.after)
		k = w.manageBy(ben)
		at[app.UseKey](k.must(app.Delete{Credential: k.owns(app.KindSecurityKey)}))
		if len(k.flow.Others) != c.others {
			t.Errorf("after %v: other ways %+v", c.after, k.flow.Others)
		}
	}
}

// manageBy opens the security info page of somebody who signs in by the app, whatever the default is.
func (w *world) manageBy(p trial.Person) *talk {
	w.t.Helper()
	k := w.start(app.PurposeSignIn, app.Caller{}).must(try(p, p.Password), app.Choose{Kind: app.KindAuthApp})
	caller, err := w.caller(w.grant(k, p.Code).Access)
	w.ok(err)
	return w.start(app.PurposeManage, caller)
}
