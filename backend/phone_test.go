package backend_test

import (
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

const mobile, other, office = "+61491570156", "+61491570157", "+442079460000"

func allow(kinds ...app.Kind) func(*policy.Policy) {
	return func(p *policy.Policy) { p.Methods.Allowed = kinds }
}

// addNumber registers a number in a registration that offers it.
func (k *talk) addNumber(kind app.Kind, number string, use app.PhoneUse) *talk {
	k.w.t.Helper()
	k.must(app.Choose{Kind: kind}, app.GivePhone{Number: number, Use: use})
	k.must(k.w.mailed(number))
	k.w.clock.pass(time.Second) // the next one is younger
	return k
}

func TestResetByTextAndCall(t *testing.T) {
	w, ana := newWorld(t, allow(app.KindSMS, app.KindVoice)), someone(trial.Ready)
	k := w.register(ana)
	k.addNumber(app.KindSMS, mobile, app.PhoneMobile)
	k.addNumber(app.KindVoice, office, app.PhoneOffice)
	have := at[app.Registered](k).Have
	if len(have) != 2 || have[0].Masked != "+61 ••••••56" || have[0].Variant != "mobile" || have[1].Variant != "office" {
		t.Errorf("registered %+v", have)
	}
	told := 0
	for _, m := range w.messages() {
		if m.Template == app.MessageMethodAdded && m.To == mobile && m.Channel == app.KindSMS {
			told++
		}
		if m.Template != app.MessageCode && m.Channel == app.KindVoice {
			t.Errorf("a notice was read out: %+v", m)
		}
	}
	if told != 1 {
		t.Errorf("the old channel was told %d times of the new one", told)
	}
	w.clock.pass(time.Minute)
	r := w.reset(ana).must(app.Choose{Kind: app.KindVoice})
	if step := at[app.EnterPhone](r); !step.Confirm || step.Number != "" || len(step.Uses) != 0 {
		t.Errorf("at the first gate: %+v", step)
	}
	wrong := r.refused(app.GivePhone{Number: mobile}, app.CodeWrongPhone)
	if wrong.TriesLeft != 4 || wrong.Field != "number" {
		t.Errorf("a wrong number: %+v", wrong)
	}
	r.must(app.GivePhone{Number: office})
	if step := at[app.EnterCode](r.must(w.mailed(office))); step.Channel != app.KindSMS || step.Masked != "+61 ••••••56" {
		t.Errorf("at the second gate: %+v", step)
	}
	at[app.NewPassword](r.must(w.mailed(mobile)))
}

// TestOneNumberForEachUse holds whatever two windows do at once.
func TestOneNumberForEachUse(t *testing.T) {
	w, ana := newWorld(t, allow(app.KindSMS, app.KindVoice)), someone(trial.Ready)
	k, late := w.register(ana), w.register(ana)
	late.must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: other, Use: app.PhoneMobile})
	k.addNumber(app.KindSMS, mobile, app.PhoneMobile)
	late.refused(w.mailed(other), app.CodeEnded) // a change ends what was begun before it
	k.must(app.Choose{Kind: app.KindSMS})
	if uses := at[app.EnterPhone](k).Uses; len(uses) != 1 || uses[0] != app.PhoneAlternate {
		t.Errorf("still free are %v", uses)
	}
	k.must(app.GivePhone{Number: other, Use: app.PhoneAlternate})
	k.must(w.mailed(other))
	k.refused(app.Choose{Kind: app.KindSMS}, app.CodeLimit)
	k.addNumber(app.KindVoice, office, app.PhoneOffice)

	r := w.reset(ana).must(app.Choose{Kind: app.KindSMS})
	if step := at[app.EnterPhone](r); len(step.Uses) != 0 {
		t.Errorf("which of two is meant is not asked: %+v", step)
	}
	r.must(app.GivePhone{Number: other})
	r.refused(app.GiveCode{Digits: secret("000000")}, app.CodeWrongCode)
	r.must(w.mailed(other))
	for _, c := range at[app.Registered](k.again()).Have {
		if c.LastUsed.IsZero() == (c.Variant == string(app.PhoneAlternate)) {
			t.Errorf("%s %s was used %v", c.Kind, c.Variant, c.LastUsed)
		}
	}
}

// TestTextsAndCallsAreRationed by number and by account, whatever extension is typed.
func TestTextsAndCallsAreRationed(t *testing.T) {
	w := newWorld(t, allow(app.KindSMS, app.KindVoice), func(p *policy.Policy) {
		p.Recovery.SendsPerNumber, p.Recovery.SendsPerAccount = 3, 5
	})
	k := w.register(someone(trial.Ready)).must(app.Choose{Kind: app.KindVoice})
	goesOut := func(to app.GivePhone) {
		k.must(to, app.Back{})
		w.ok(w.Deliver(t.Context())) // before another code takes its place
	}
	for _, extension := range []string{"1", "2", "3"} {
		goesOut(app.GivePhone{Number: office, Use: app.PhoneOffice, Extension: extension})
	}
	refusal := k.refused(app.GivePhone{Number: office, Use: app.PhoneOffice, Extension: "4"}, app.CodeThrottled)
	if want := w.clock.Now().Add(10 * time.Minute); !refusal.RetryAt.Equal(want) {
		t.Errorf("again at %v, want %v", refusal.RetryAt, want)
	}
	goesOut(app.GivePhone{Number: mobile, Use: app.PhoneMobile})
	goesOut(app.GivePhone{Number: other, Use: app.PhoneMobile})
	refusal = k.refused(app.GivePhone{Number: "+61491570158", Use: app.PhoneMobile}, app.CodeThrottled)
	if want := w.clock.Now().Add(24 * time.Hour); !refusal.RetryAt.Equal(want) {
		t.Errorf("again at %v, want %v", refusal.RetryAt, want)
	}
	sent := 0
	for _, m := range w.messages() {
		if m.Code != "" {
			sent++
		}
		if m.Channel == app.KindVoice && m.Code != "" && strings.Contains(m.To, "ext") != strings.HasPrefix(m.To, office) {
			t.Errorf("called %s", m.To)
		}
	}
	if sent != 5 {
		t.Errorf("%d codes went out", sent)
	}
}

// TestTheDaysBudgets bounds texts and calls by country, workstation, network address and all together. What one of them
// refuses uses up no other, and each says when.
func TestTheDaysBudgets(t *testing.T) {
	from := func(station, network string) app.Origin { return app.Origin{Station: station, Network: network} }
	type send struct {
		origin app.Origin
		number string
		ok     bool
	}
	enrolled := func(station string) app.Origin {
		return app.Origin{Station: station, Enrolled: app.StationID(station), Network: "local"}
	}
	desk, far := enrolled("desk 4"), from("desk 5", "203.0.113.5")
	for name, c := range map[string]struct {
		set   func(*policy.Calls)
		sends []send
	}{
		"country": {func(p *policy.Calls) { p.SendsPerCountry = 2 },
			[]send{{desk, mobile, true}, {desk, other, true}, {far, "+61491570158", false}, {desk, office, true}}},
		"station": {func(p *policy.Calls) { p.SendsPerStation, p.SendsPerCountry = 1, 2 },
			[]send{{desk, mobile, true}, {desk, other, false}, {desk, other, false}, {far, other, true}, {from("", "local"), office, true}}},
		"threat: a station's budget is anybody's who names it": {func(p *policy.Calls) { p.SendsPerStation, p.SendsPerNetwork = 1, 2 },
			[]send{{from("kiosk 1", "203.0.113.5"), mobile, true}, {enrolled("kiosk 1"), other, true}, {from("kiosk 1", "203.0.113.5"), other, true},
				{from("kiosk 2", "203.0.113.5"), office, false}, {from("kiosk 1", "203.0.113.6"), office, true}}},
		"network": {func(p *policy.Calls) { p.SendsPerNetwork = 1 },
			[]send{{far, mobile, true}, {from("another name", "203.0.113.5"), other, false}, {from("desk 6", "203.0.113.6"), other, true},
				{desk, "+61491570158", true}, {desk, office, true}}},
		"day": {func(p *policy.Calls) { p.SendsPerDay = 2 }, []send{{desk, mobile, true}, {far, office, true}, {desk, other, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, allow(app.KindSMS, app.KindVoice), func(p *policy.Policy) { c.set(&p.Calls) })
			ana := someone(trial.Ready)
			first := w.clock.Now()
			for i, s := range c.sends {
				k := w.registerFrom(ana, s.origin).must(app.Choose{Kind: app.KindVoice})
				in := app.GivePhone{Number: s.number, Use: app.PhoneOffice}
				if s.ok {
					k.must(in)
					w.clock.pass(time.Second)
					continue
				}
				if e := k.refused(in, app.CodeThrottled); !e.RetryAt.Equal(first.Add(24 * time.Hour)) {
					t.Errorf("send %d: again at %v", i, e.RetryAt)
				}
			}
			w.clock.pass(24 * time.Hour)
			w.register(ana).must(app.Choose{Kind: app.KindVoice}, app.GivePhone{Number: mobile, Use: app.PhoneOffice})
		})
	}
}

// TestACountryIsShutOut keeps its numbers from being registered, and from getting a code; another way stays open.
func TestACountryIsShutOut(t *testing.T) {
	w, ana := newWorld(t, allow(app.KindSMS, app.KindVoice)), someone(trial.Ready)
	k := w.register(ana).addNumber(app.KindSMS, mobile, app.PhoneMobile).addNumber(app.KindVoice, office, app.PhoneOffice)
	w.config.Policy.Calls.Countries = []string{"AU"}
	w.restart()
	k.must(app.Choose{Kind: app.KindSMS})
	k.refused(app.GivePhone{Number: "+447400123456", Use: app.PhoneAlternate}, app.CodePhoneCountry)
	w.clock.pass(time.Minute)
	r := w.reset(ana).must(app.Choose{Kind: app.KindVoice})
	r.refused(app.GivePhone{Number: office}, app.CodePhoneCountry)
	r.must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: mobile})
	r.must(w.mailed(mobile))
	at[app.ChooseMethod](r)
	r.refused(app.Choose{Kind: app.KindVoice}, app.CodePhoneCountry)
}
