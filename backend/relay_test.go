package backend_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

// strangers has codes sent to strangers' addresses or numbers, by as many flows of a session as it takes, until it is
// refused, and counts them.
func (w *world) strangers(caller app.Caller, kind app.Kind, to func(i int) app.Input) int {
	w.t.Helper()
	for sent := range 300 {
		k := w.start(app.PurposeRegister, caller).must(app.Choose{Kind: kind})
		if err := k.say(to(sent)); err != nil {
			if refusal, is := err.(*app.Error); !is || refusal.Code != app.CodeThrottled || !refusal.RetryAt.After(w.clock.Now()) {
				w.t.Fatalf("message %d to a stranger: %v", sent, err)
			}
			return sent
		}
	}
	w.t.Fatalf("300 strangers got %s", kind)
	return 0
}

// Threat: whoever is signed in uses registering as an open relay for mails, texts and calls.
func TestRegisteringIsNoOpenRelay(t *testing.T) {
	address := func(i int) app.Input { return app.GiveAddress{Address: fmt.Sprintf("stranger%d@home.example", i)} }
	number := func(i int) app.Input {
		return app.GivePhone{Number: fmt.Sprintf("+6149157%04d", i), Use: app.PhoneMobile}
	}
	for kind, to := range map[app.Kind]func(int) app.Input{app.KindEmail: address, app.KindSMS: number, app.KindVoice: number} {
		t.Run(string(kind), func(t *testing.T) {
			w, ana := newWorld(t, allow(app.KindEmail, app.KindSMS, app.KindVoice)), someone(trial.Ready)
			session := func() app.Caller {
				caller, err := w.caller(w.signIn(ana).Access)
				w.ok(err)
				return caller
			}
			one, two := session(), session()
			if n := w.strangers(one, kind, to); n != 10 {
				t.Errorf("one session sent %d, want 10", n)
			}
			if n := w.strangers(two, kind, func(i int) app.Input { return to(100 + i) }); n != 10 {
				t.Errorf("another session of the account sent %d, want the 10 that are left", n)
			}
			if n := w.strangers(session(), kind, func(i int) app.Input { return to(200 + i) }); n != 0 {
				t.Errorf("a third session sent %d more", n)
			}
			for other, also := range map[app.Kind]app.Input{app.KindEmail: address(300), app.KindSMS: number(300)} {
				if n := w.strangers(session(), other, func(int) app.Input { return also }); n != 0 {
					t.Errorf("by %s %d went to strangers all the same", other, n)
				}
			}
			if n := w.strangers(w.personCaller(someone(trial.Admin)), app.KindSMS, func(i int) app.Input { return number(400 + i) }); n == 0 {
				t.Error("another account pays for it")
			}
			w.clock.pass(24 * time.Hour)
			if n := w.strangers(session(), kind, func(i int) app.Input { return to(500 + i) }); n != 10 {
				t.Errorf("a day later %d go out, want 10", n)
			}
		})
	}
}

// personCaller signs somebody in.
func (w *world) personCaller(p trial.Person) app.Caller {
	w.t.Helper()
	caller, err := w.caller(w.signIn(p).Access)
	w.ok(err)
	return caller
}

// Threat: one mailbox, spelt in many ways, has as many budgets.
func TestAMailboxHasOneBudgetHoweverItIsSpelt(t *testing.T) {
	w := newWorld(t, func(p *policy.Policy) { p.Registration.SendsPerAccount = 100 })
	caller, sent := w.personCaller(someone(trial.Ready)), 0
	spelt := func(i int) string {
		switch i % 5 {
		case 0:
			return fmt.Sprintf("%cictim@home.example", "vV"[i%2])
		case 1:
			return fmt.Sprintf("vicTim+%d@home.example", i)
		case 2:
			return "v.ict.im@HOME.example"
		case 3:
			return fmt.Sprintf("V.i.ctim+a+%d@home.Example", i)
		}
		return "vıctim@home.example" // no ASCII: no address at all
	}
	for i := range 60 {
		k := w.start(app.PurposeRegister, caller).must(app.Choose{Kind: app.KindEmail})
		if k.say(app.GiveAddress{Address: spelt(i)}) == nil {
			sent++
		}
	}
	if sent != 10 {
		t.Errorf("one mailbox got %d mails in ten minutes, want 10", sent)
	}
	if n := w.strangers(caller, app.KindEmail, func(i int) app.Input { return app.GiveAddress{Address: fmt.Sprintf("victim%d@home.example", i)} }); n == 0 {
		t.Error("other mailboxes pay for it")
	}
}

// Threat: guessing the code of a mailbox, a number or an app that somebody registers, without end. Wrong codes are counted
// for the account, whatever it begins anew.
func TestGuessesWhileRegisteringComeToAnEnd(t *testing.T) {
	enter := map[app.Kind]func(k *talk){
		app.KindEmail: func(k *talk) { k.say(app.GiveAddress{Address: fmt.Sprintf("v%d@home.example", k.w.keys)}) },
		app.KindSMS: func(k *talk) {
			k.say(app.GivePhone{Number: fmt.Sprintf("+6149157%04d", k.w.keys), Use: app.PhoneMobile})
		},
		app.KindAuthApp: func(*talk) {},
	}
	for kind, enter := range enter {
		t.Run(string(kind), func(t *testing.T) {
			w, ana := newWorld(t, allow(app.KindEmail, app.KindSMS, app.KindAuthApp), func(p *policy.Policy) {
				p.Registration.SendsPerAccount = 100
			}), someone(trial.Ready)
			judged := 0
			var late *talk
			for range 12 {
				k := w.register(ana)
				if k.say(app.Choose{Kind: kind}) != nil {
					break
				}
				enter(k)
				for range 4 {
					switch err := k.say(app.GiveCode{Digits: secret("000000")}); app.CodeOf(err) {
					case app.CodeWrongCode, app.CodeGateEnded:
						judged++
					case app.CodeThrottled:
					default:
						t.Fatalf("a guess: %v", err)
					}
				}
				late = k
			}
			if judged != 25 {
				t.Errorf("%d guesses were judged, want 25", judged)
			}
			late.refused(app.GiveCode{Digits: secret("000000")}, app.CodeThrottled)
			late.must(app.Back{}) // the way out stays open
			late = w.register(ana)
			late.refused(app.Choose{Kind: kind}, app.CodeThrottled)
			late.refused(app.Choose{Kind: app.KindEmail}, app.CodeThrottled) // nor by another way
			w.register(someone(trial.Admin)).must(app.Choose{Kind: app.KindAuthApp})
			w.clock.pass(24 * time.Hour)
			w.register(ana).must(app.Choose{Kind: kind})
		})
	}
}
