package backend_test

import (
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/trial"
)

// TestStolenTelephonePassesOneGate: a number that its owner registered for texts and for calls is one telephone, and who has
// it needs something else besides. It is not enough to have registered, and a gate that it passed leaves no way to it.
func TestStolenTelephonePassesOneGate(t *testing.T) {
	w, ana := newWorld(t, allow(app.KindSMS, app.KindVoice, app.KindEmail)), someone(trial.Ready)
	k := w.register(ana).addNumber(app.KindSMS, mobile, app.PhoneMobile).addNumber(app.KindVoice, mobile, app.PhoneMobile)
	if page := at[app.ChooseMethod](k); page.Missing != 1 || len(page.Have) != 2 {
		t.Fatalf("a text and a call to one number: %+v", page)
	}
	if got := at[app.Blocked](w.reset(ana)); got.Code != app.CodeNotVerified {
		t.Errorf("one telephone resets: %+v", got)
	}
	k.must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: "ana@letters.example"})
	at[app.Registered](k.must(w.mailed("ana@letters.example")))
	w.clock.pass(time.Minute)
	for _, first := range []app.Kind{app.KindSMS, app.KindVoice} {
		r := w.reset(ana).must(app.Choose{Kind: first}, app.GivePhone{Number: mobile})
		if step := at[app.EnterCode](r.must(w.mailed(mobile))); step.Channel != app.KindEmail || len(r.flow.Others) != 0 {
			t.Errorf("after a proof by %s: %+v, others %v", first, step, r.flow.Others)
		}
	}
}

// TestSecondTelephoneLeadsOn: of several numbers those pass the first gate that leave another telephone for the second one.
func TestSecondTelephoneLeadsOn(t *testing.T) {
	w, ana := newWorld(t, allow(app.KindSMS, app.KindVoice)), someone(trial.Ready)
	k := w.register(ana).addNumber(app.KindSMS, mobile, app.PhoneMobile).addNumber(app.KindVoice, mobile, app.PhoneMobile)
	at[app.Registered](k.addNumber(app.KindVoice, office, app.PhoneOffice))
	w.clock.pass(25 * time.Hour)
	r := w.reset(ana).must(app.Choose{Kind: app.KindVoice})
	r.refused(app.GivePhone{Number: mobile}, app.CodeWrongPhone)
	r.must(app.GivePhone{Number: office})
	at[app.NewPassword](r.must(w.mailed(office)).must(w.mailed(mobile)))
}
