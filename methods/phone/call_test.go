package phone

import (
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/methodtest"
)

// ringing is a call to a number on file that asks for the digits on the page.
func ringing(t *testing.T) (*conversation, app.ConfirmOnPhone) {
	t.Helper()
	k := &conversation{T: t, turn: turn(), ask: calls.Prove}
	k.turn.Credential = enrolled(t, app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Secret
	k.turn.Settings.ConfirmFirst, k.turn.Settings.CallConfirms = false, true
	return k, k.mustSubmit(nil).Step.(app.ConfirmOnPhone)
}

// typed is what the telephone reports of the latest call.
func (k *conversation) typed(digits string) app.Keyed {
	return app.Keyed{Call: k.got[len(k.got)-1].Call, Digits: app.NewSecret(digits)}
}

func TestTwoDigits(t *testing.T) {
	k, step := ringing(t)
	if len(step.Digits) != 2 || step.Digits < "10" || step.Masked != "" || step.Over {
		t.Errorf("step %+v", step)
	}
	if m := k.got[0]; m.Template != app.MessageCall || m.Code != "" || m.Call == "" || strings.Contains(m.Call, step.Digits) {
		t.Errorf("the call: %+v", m)
	}
	if _, err := k.submit(app.GiveCode{Digits: app.NewSecret("000000")}); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("a code on the page: %v", err)
	}
	if _, err := k.submit(app.Keyed{Call: "another", Digits: app.NewSecret(step.Digits)}); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("another call: %v", err)
	}
	if r := k.mustSubmit(k.typed(step.Digits)); r.Verdict != app.Proven {
		t.Errorf("verdict %v", r.Verdict)
	}
	if _, err := k.submit(k.typed(step.Digits)); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("the same again: %v", err)
	}
}

// TestEachCallHasOneAnswer ends a call by a wrong answer: the right one comes too late, and a new call has others.
func TestEachCallHasOneAnswer(t *testing.T) {
	k, step := ringing(t)
	for _, wrong := range []string{"", "0" + step.Digits, step.Digits + "0", "9", "٤٢"} {
		k, step = ringing(t)
		r := k.mustSubmit(k.typed(wrong))
		after := r.Step.(app.ConfirmOnPhone)
		if r.Verdict != app.Wrong || r.Why != app.CodeWrongCode || !after.Over || after.TriesLeft != 4 {
			t.Errorf("%q: %v, %s, %+v", wrong, r.Verdict, r.Why, after)
		}
	}
	late := k.typed(step.Digits)
	if _, err := k.submit(late); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("after a wrong answer: %v", err)
	}
	k.turn.Now = k.turn.Now.Add(30 * time.Second)
	again := k.mustSubmit(app.Resend{}).Step.(app.ConfirmOnPhone)
	if again.Over || len(k.got) != 2 || k.got[0].Call == k.got[1].Call {
		t.Errorf("called again: %+v", again)
	}
	if _, err := k.submit(late); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("the old call: %v", err)
	}
	if r := k.mustSubmit(k.typed(again.Digits)); r.Verdict != app.Proven {
		t.Errorf("the new call: %v", r.Verdict)
	}
}

func TestACallExpires(t *testing.T) {
	for after, want := range map[time.Duration]app.Verdict{5 * time.Minute: app.Proven, 5*time.Minute + time.Second: app.Wrong} {
		k, step := ringing(t)
		k.turn.Now = k.turn.Now.Add(after)
		if r := k.mustSubmit(k.typed(step.Digits)); r.Verdict != want {
			t.Errorf("after %v: %v", after, r.Verdict)
		}
	}
}

// TestDigitsAreDrawnAnew draws many: all of 10 to 99, and none of two equal places left out.
func TestDigitsAreDrawnAnew(t *testing.T) {
	seen := map[string]bool{}
	random := turn().Rand
	for range 5000 {
		c, err := newCall(random)
		if err != nil {
			t.Fatal(err)
		}
		seen[c.Digits] = true
	}
	if len(seen) != 90 || seen["9"] || !seen["10"] || !seen["99"] {
		t.Errorf("%d different ones", len(seen))
	}
}

func TestRegisterByTwoDigits(t *testing.T) {
	k := &conversation{T: t, turn: turn(), ask: calls.Enrol}
	k.turn.Settings.CallConfirms = true
	k.mustSubmit(nil)
	step := k.mustSubmit(app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Step.(app.ConfirmOnPhone)
	if step.Masked != "+61 ••••••56" {
		t.Errorf("step %+v", step)
	}
	if r := k.mustSubmit(k.typed(step.Digits)); r.Verdict != app.Proven || r.Credential == nil || r.Credential.Address != mobile {
		t.Errorf("verdict %v", r.Verdict)
	}
	texts := &conversation{T: t, turn: turn(), ask: Channel{Kind: app.KindSMS, Uses: calls.Uses[:2]}.Enrol}
	texts.turn.Settings.CallConfirms = true
	texts.mustSubmit(nil)
	if _, code := texts.mustSubmit(app.GivePhone{Number: mobile, Use: app.PhoneMobile}).Step.(app.EnterCode); !code {
		t.Error("a text message asks for digits on the telephone")
	}
}

// listener is a person who types on the telephone what the page shows.
type listener struct {
	handset
	step app.ConfirmOnPhone
}

func (l *listener) See(r app.Result) {
	l.handset.See(r)
	if step, is := r.Step.(app.ConfirmOnPhone); is {
		l.step = step
	}
}

func (l *listener) typed(digits string) app.Input {
	return app.Keyed{Call: l.got[len(l.got)-1].Call, Digits: app.NewSecret(digits)}
}

func (l *listener) Right(time.Time) app.Input      { return l.typed(l.step.Digits) }
func (l *listener) Wrong(time.Time, int) app.Input { return l.typed("0") }

// TestACallAtRest holds what is kept of calls that ask for two digits, to an office with an extension.
func TestACallAtRest(t *testing.T) {
	s := subject()
	s.Holder = func() methodtest.Holder { return &listener{} }
	s.Enrol = []app.Input{app.GivePhone{Number: "020 7946 0000", Region: "GB", Extension: "4400", Use: app.PhoneOffice}}
	s.Prove = []app.Input{app.GivePhone{Number: "+442079460000"}}
	s.Settings = func(m *app.MethodSettings) { m.CallConfirms = true }
	methodtest.AtRest(t, s, "call-at-rest.txt")
}
