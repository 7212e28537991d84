package backend_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/trial"
)

func twoDigits(p *policy.Policy) { p.Calls.Confirm = policy.TwoDigits }

// ringing leads a person with an office number to the call at the first gate, and gives the call.
func ringing(t *testing.T, change ...func(*policy.Policy)) (*world, trial.Person, *talk, string) {
	t.Helper()
	w, ana := newWorld(t, append(change, allow(app.KindSMS, app.KindVoice), twoDigits)...), someone(trial.Ready)
	k := w.register(ana)
	k.addNumber(app.KindSMS, mobile, app.PhoneMobile)
	k.must(app.Choose{Kind: app.KindVoice}, app.GivePhone{Number: office, Use: app.PhoneOffice})
	w.ok(w.Keyed(t.Context(), w.called(), secret(at[app.ConfirmOnPhone](k).Digits)))
	at[app.Registered](k.again())
	w.clock.pass(time.Minute)
	r := w.reset(ana).must(app.Choose{Kind: app.KindVoice}, app.GivePhone{Number: office})
	return w, ana, r, w.called()
}

// called is the latest call.
func (w *world) called() string {
	w.t.Helper()
	var call string
	for _, m := range w.messages() {
		if m.Call != "" {
			call = m.Call
		}
	}
	return call
}

// notThese are two digits that the page does not show.
func notThese(digits string) app.Secret {
	if digits == "10" {
		return secret("11")
	}
	return secret("10")
}

// TestTheTelephoneAnswers takes digits that come from the telephone: the flow goes on, once, and the window learns it by
// reading it again.
func TestTheTelephoneAnswers(t *testing.T) {
	w, _, k, call := ringing(t)
	step, rev := at[app.ConfirmOnPhone](k), k.flow.Rev
	if step.Masked != "+44 ••••••00" || step.TriesLeft != 5 {
		t.Errorf("step %+v", step)
	}
	for _, other := range []string{"", ".", "x", call + "x", call[:len(call)-1], "nobody." + call} {
		if err := w.Keyed(t.Context(), other, secret(step.Digits)); err == nil {
			t.Errorf("%q was taken for the call", other)
		}
	}
	w.ok(w.Keyed(t.Context(), call, secret(step.Digits)))
	if k.again(); k.flow.Rev != rev+1 || at[app.EnterCode](k).Channel != app.KindSMS {
		t.Errorf("revision %d, was %d", k.flow.Rev, rev)
	}
	if err := w.Keyed(t.Context(), call, secret(step.Digits)); app.CodeOf(err) != app.CodeNotNow {
		t.Errorf("the same again: %v", err)
	}
	at[app.NewPassword](k.must(w.mailed(mobile)))
	var told []string
	for _, e := range w.trail() {
		if strings.HasSuffix(e.Action, ".keyed") {
			told = append(told, e.Action+" "+e.Result+" "+e.Reason+" "+e.Method)
		}
	}
	if want := []string{"register.keyed succeeded  voice", "reset.keyed succeeded  voice", "reset.keyed failed not_now "}; len(told) < 3 ||
		told[0] != want[0] || !slices.Contains(told, want[1]) || !strings.HasPrefix(told[len(told)-1], want[2]) {
		t.Errorf("the audit trail says %q", told)
	}
}

// TestWrongDigitsEndTheCall and cost a try, across calls, until the gate has ended.
func TestWrongDigitsEndTheCall(t *testing.T) {
	w, _, k, call := ringing(t)
	for left := 4; left > 0; left-- {
		digits := at[app.ConfirmOnPhone](k).Digits
		if err := w.Keyed(t.Context(), call, notThese(digits)); app.CodeOf(err) != app.CodeWrongCode {
			t.Fatalf("wrong digits: %v", err)
		}
		if err := w.Keyed(t.Context(), call, secret(digits)); app.CodeOf(err) != app.CodeNotNow {
			t.Errorf("the right ones afterwards: %v", err)
		}
		step := at[app.ConfirmOnPhone](k.again())
		if !step.Over || step.TriesLeft != left || k.flow.Notice == nil || k.flow.Notice.Code != app.NoticeCallWrong {
			t.Errorf("%+v, notice %+v", step, k.flow.Notice)
		}
		w.clock.pass(30 * time.Second)
		k.must(app.Resend{})
		call = w.called()
	}
	if err := w.Keyed(t.Context(), call, notThese(at[app.ConfirmOnPhone](k).Digits)); app.CodeOf(err) != app.CodeGateEnded {
		t.Errorf("the last try: %v", err)
	}
	at[app.ChooseMethod](k.again())
}

// TestACallOfAnotherFlow answers for no other, nor when its own is over.
func TestACallOfAnotherFlow(t *testing.T) {
	w, ana, k, call := ringing(t)
	other := w.reset(ana).must(app.Choose{Kind: app.KindVoice}, app.GivePhone{Number: office})
	step := at[app.ConfirmOnPhone](other)
	if step.Digits != at[app.ConfirmOnPhone](k).Digits { // equal ones would show nothing
		if err := w.Keyed(t.Context(), call, secret(step.Digits)); app.CodeOf(err) != app.CodeWrongCode {
			t.Errorf("the other flow's digits: %v", err)
		}
	}
	call = w.called()
	w.ok(w.Cancel(other.ctx, other.flow.ID))
	if err := w.Keyed(t.Context(), call, secret(step.Digits)); app.CodeOf(err) != app.CodeEnded {
		t.Errorf("a cancelled one: %v", err)
	}
}

// TestOneOfManyAnswersCounts answers a call fifty times at once.
func TestOneOfManyAnswersCounts(t *testing.T) {
	w, _, k, call := ringing(t)
	digits := at[app.ConfirmOnPhone](k).Digits
	answers := make(chan error, 50)
	var all sync.WaitGroup
	for range cap(answers) {
		all.Go(func() { answers <- w.Keyed(t.Context(), call, secret(digits)) })
	}
	all.Wait()
	close(answers)
	taken := 0
	for err := range answers {
		if err == nil {
			taken++
		} else if app.CodeOf(err) != app.CodeNotNow {
			t.Errorf("refused with %v", err)
		}
	}
	if taken != 1 {
		t.Errorf("%d answers were taken", taken)
	}
}

// TestACallSurvivesARestart reads the call back from the store.
func TestACallSurvivesARestart(t *testing.T) {
	w, _, k, call := ringing(t)
	digits := at[app.ConfirmOnPhone](k).Digits
	w.restart()
	w.ok(w.Keyed(t.Context(), call, secret(digits)))
	at[app.EnterCode](k.again())
	w.clock.pass(16 * time.Minute)
	if err := w.Keyed(t.Context(), call, secret(digits)); app.CodeOf(err) != app.CodeExpired {
		t.Errorf("later: %v", err)
	}
}
