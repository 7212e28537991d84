package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

const newNumber = "+61491570157"

// TestANumberIsChanged in place: it stays what it was used as and the default, cools off, and the old number is told and of
// no use any more.
func TestANumberIsChanged(t *testing.T) {
	w := newWorld(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail), func(p *policy.Policy) { p.Registration.CoolingOff = time.Hour })
	ben := someone(trial.Registered)
	w.registerText(ben)
	k := w.manage(ben)
	k.must(app.SetDefault{Credential: k.owns(app.KindSMS)})
	if n := k.flow.Notice; n == nil { // the fresh proof came first
		w.clock.pass(time.Minute)
		k.must(w.code(ben))
	}
	old := k.owns(app.KindSMS)
	step := at[app.EnterPhone](k.must(app.Replace{Credential: old}))
	if len(step.Uses) != 1 || step.Uses[0] != app.PhoneMobile || len(k.flow.Others) != 0 {
		t.Errorf("asks for %v, offers %v", step.Uses, k.flow.Others)
	}
	k.refused(app.GivePhone{Number: newNumber, Use: app.PhoneAlternate}, app.CodeLimit)
	k.must(app.GivePhone{Number: newNumber, Use: app.PhoneMobile})
	k.must(w.mailed(newNumber))
	info := at[app.SecurityInfo](k)
	if len(info.Have) != 3 || k.owns(app.KindSMS) != old || k.flow.Notice.Code != app.NoticeMethodReplaced {
		t.Fatalf("have %+v, notice %+v", info.Have, k.flow.Notice)
	}
	for _, c := range info.Have {
		if c.ID == old && (c.Masked != "+61 ••••••57" || c.Variant != "mobile" || !c.Default || !c.UsableAt.Equal(w.clock.Now().Add(time.Hour))) {
			t.Errorf("got %+v", c)
		}
	}
	if w.heard(app.MessageMethodReplaced, mobile) != 1 || w.heard(app.MessageMethodReplaced, newNumber) != 0 {
		t.Error("the old number was not told, or the new one was")
	}
	w.clock.pass(time.Hour)
	reset := w.reset(ben).must(app.Choose{Kind: app.KindSMS})
	reset.refused(app.GivePhone{Number: mobile}, app.CodeWrongPhone)
	reset.must(app.GivePhone{Number: newNumber})
}

// TestTheOldOneServesUntilTheNewOneIsProven.
func TestTheOldOneServesUntilTheNewOneIsProven(t *testing.T) {
	w, ben := newWorld(t, allow(app.KindAuthApp, app.KindSMS, app.KindEmail)), someone(trial.Registered)
	k := w.manage(ben)
	old := k.owns(app.KindEmail)
	k.must(app.Replace{Credential: old})
	if _, proving := k.flow.Now.(app.EnterCode); proving {
		w.clock.pass(time.Minute)
		k.must(w.code(ben))
	}
	k.must(app.GiveAddress{Address: "ben@letters.example"}, app.Back{})
	if _, still := k.flow.Now.(app.EnterAddress); still {
		k.must(app.Back{})
	}
	if at[app.SecurityInfo](k).Have[1].ID != old {
		t.Error("the old address is gone")
	}
	w.reset(ben).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
	k.refused(app.Choose{Kind: app.KindEmail}, app.CodeLimit) // adding replaces nothing
	at[app.EnterAddress](k.must(app.Replace{Credential: old}))
	w.clock.pass(time.Minute)
	k.must(app.GiveAddress{Address: "ben@letters.example"})
	k.must(w.mailed("ben@letters.example"))
	w.clock.pass(25 * time.Hour)
	w.reset(ben).must(app.Choose{Kind: app.KindEmail}).refused(app.GiveAddress{Address: ben.Mail}, app.CodeWrongAddr)
}

// TestWhatCanNotBeChanged can be added and deleted: an app, a key.
func TestWhatCanNotBeChanged(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.manage(ben)
	k.refused(app.Replace{Credential: k.owns(app.KindAuthApp)}, app.CodeNotNow)
	k.refused(app.Replace{Credential: "C-nobody's"}, app.CodeNotNow)
}
