package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/methods/securitykey/keytest"
)

// enrolled goes on with a conversation at a station that the server knows.
func (k *talk) enrolled() *talk {
	origin := here
	origin.Enrolled = "S1"
	k.ctx = app.WithCaller(k.w.t.Context(), app.Caller{Role: app.RoleFlow, Flow: k.flow.ID, Origin: origin})
	return k
}

// useUp uses up an account's starts of this hour, as a stranger can: by codes that are sent.
func (w *world) useUp(userID, address string) {
	w.t.Helper()
	for range w.config.Policy.Recovery.StartsPerHour {
		w.begin(userID).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: address})
	}
}

// begin begins a reset of a user ID, and says why.
func (w *world) begin(userID string) *talk {
	w.t.Helper()
	return w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: userID}, app.GiveReason{Reason: app.ReasonForgot})
}

// TestNamingSomebodyKeepsNobodyOut: whatever a stranger does short of a code that is sent or a proof that holds, the owner
// gets in within the same hour.
func TestNamingSomebodyKeepsNobodyOut(t *testing.T) {
	for _, disclosure := range []policy.Disclosure{policy.Helpful, policy.Private} {
		w, ben := newWorld(t, func(p *policy.Policy) { p.Feature.Disclosure = disclosure }), someone(trial.Registered)
		for range 4 {
			w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID})
			w.begin(ben.UserID).must(app.Back{}, app.Back{}, app.GiveUserID{UserID: ben.UserID})
			w.begin(ben.UserID).must(app.Choose{Kind: app.KindAuthApp}, app.Choose{Kind: app.KindEmail}, app.Choose{Kind: app.KindAuthApp})
			w.begin(ben.UserID).must(app.Choose{Kind: app.KindAuthApp}).refused(w.wrongCode(ben), app.CodeWrongCode)
			w.begin(ben.UserID).must(app.Choose{Kind: app.KindEmail}).refused(app.GiveAddress{Address: thiefs}, app.CodeWrongAddr)
		}
		at[app.NewPassword](w.toPassword(ben))
	}
}

// TestCodesThatAreSentKeepNoKeyOut: over the limit nothing more is sent or judged, but a key leads on, and so does whatever
// is used at an enrolled station.
func TestCodesThatAreSentKeepNoKeyOut(t *testing.T) {
	w, ben := newWorld(t, keysAllowed), someone(trial.Registered)
	key := w.givesKey(ben)
	w.useUp(ben.UserID, ben.Mail)
	k := w.begin(ben.UserID).must(app.Choose{Kind: app.KindEmail})
	k.refused(app.GiveAddress{Address: ben.Mail}, app.CodeThrottled)
	k.refused(app.GiveAddress{Address: thiefs}, app.CodeThrottled) // the wrong one is told no better
	k.must(app.Choose{Kind: app.KindAuthApp}).refused(w.code(ben), app.CodeThrottled)
	k.refused(w.wrongCode(ben), app.CodeThrottled)
	k.must(app.Choose{Kind: app.KindSecurityKey})
	at[app.NewPassword](k.must(k.use(key)))
	w.clock.pass(time.Second) // the next code is younger
	k = w.begin(ben.UserID).enrolled().must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
	k.must(w.mailed(ben.Mail))
	at[app.NewPassword](k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)))
	w.clock.pass(time.Hour)
	at[app.EnterCode](w.begin(ben.UserID).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail}))
}

// givesKey registers a key for somebody, which has cooled off.
func (w *world) givesKey(p trial.Person) *keytest.Key {
	w.t.Helper()
	key := &keytest.Key{}
	w.register(p).addKey(key, "Blue key")
	w.clock.pass(time.Minute)
	return key
}

// TestProofsThatHoldAreCounted, as codes that are sent are, once for each reset.
func TestProofsThatHoldAreCounted(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	for range w.config.Policy.Recovery.StartsPerHour {
		k := w.begin(ben.UserID).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
		k.must(w.mailed(ben.Mail)) // sent in the same reset
		w.clock.pass(30 * time.Second)
	}
	w.begin(ben.UserID).must(app.Choose{Kind: app.KindAuthApp}).refused(w.code(ben), app.CodeThrottled)
}

// TestNobodysStartsAreCountedAlike: in private disclosure the limit tells a decoy from nobody.
func TestNobodysStartsAreCountedAlike(t *testing.T) {
	private := func(p *policy.Policy) { p.Feature.Disclosure = policy.Private }
	var answers [2][]app.Code
	for i, who := range []string{someone(trial.Registered).UserID, "nobody@harbour.example"} {
		w := newWorld(t, private, func(p *policy.Policy) {
			p.Codes.ConfirmDestination, p.Methods.Allowed = false, []app.Kind{app.KindAuthApp, app.KindEmail}
		})
		for range 7 {
			answers[i] = append(answers[i], app.CodeOf(w.begin(who).say(app.Choose{Kind: app.KindEmail})))
		}
		k := w.begin(who).must(app.Choose{Kind: app.KindAuthApp})
		answers[i] = append(answers[i], app.CodeOf(k.say(app.GiveCode{Digits: secret("000000")})))
		w.clock.pass(time.Hour)
		answers[i] = append(answers[i], app.CodeOf(w.begin(who).say(app.Choose{Kind: app.KindEmail})))
	}
	for n := range answers[0] {
		if answers[0][n] != answers[1][n] {
			t.Fatalf("somebody is answered %q, nobody %q", answers[0], answers[1])
		}
	}
	if answers[0][5] != app.CodeThrottled || answers[0][7] != app.CodeThrottled || answers[0][8] != "" {
		t.Errorf("answered %q", answers[0])
	}
}
