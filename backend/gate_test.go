package backend_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// endGate gives five wrong codes to the app's gate.
func endGate(k *talk, p trial.Person) *app.Error {
	k.w.t.Helper()
	k.must(app.Choose{Kind: app.KindAuthApp})
	for left := 4; left > 0; left-- {
		if refusal := k.refused(k.w.wrongCode(p), app.CodeWrongCode); refusal.TriesLeft != left || refusal.Field != "code" {
			k.w.t.Fatalf("a wrong code leaves %d tries at %q, want %d", refusal.TriesLeft, refusal.Field, left)
		}
		if got := at[app.EnterCode](k); got.TriesLeft != left {
			k.w.t.Fatalf("the step shows %d tries, want %d", got.TriesLeft, left)
		}
	}
	var refusal *app.Error
	if !errors.As(k.say(k.w.wrongCode(p)), &refusal) {
		k.w.t.Fatal("the fifth wrong code was not refused")
	}
	return refusal
}

func TestFiveWrongCodesEndTheGate(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben)
	if refusal := endGate(k, ben); refusal.Code != app.CodeGateEnded {
		t.Fatalf("the fifth wrong code: %s", refusal.Code)
	}
	at[app.ChooseMethod](k)
	if n := k.flow.Notice; n == nil || n.Code != app.NoticeGateEnded || n.Kind != app.KindAuthApp {
		t.Errorf("notice: %+v", n)
	}
	if w.audited("reset.gate", "failed") != 1 {
		t.Error("the ended gate is not in the audit trail")
	}
	at[app.EnterCode](k.must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)))
}

func TestTriesAreCountedAcrossSwitches(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	k.refused(w.wrongCode(ben), app.CodeWrongCode)
	k.must(app.Choose{Kind: app.KindEmail}, app.Choose{Kind: app.KindAuthApp})
	if got := at[app.EnterCode](k); got.TriesLeft != 4 {
		t.Errorf("switching gave tries back: %d left", got.TriesLeft)
	}
}

func TestTriesAreCountedAcrossResends(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
	first := w.mailed(ben.Mail)
	if refusal := k.refused(app.Resend{}, app.CodeTooEarly); !refusal.RetryAt.Equal(w.clock.Now().Add(30 * time.Second)) {
		t.Errorf("a new code may be sent at %v", refusal.RetryAt)
	}
	k.refused(app.GiveCode{Digits: secret("12 34")}, app.CodeBadCode)
	w.clock.pass(30 * time.Second)
	k.must(app.Resend{})
	if first.Digits.Reveal() == w.mailed(ben.Mail).Digits.Reveal() {
		t.Fatal("this seed draws the same code twice: choose another")
	}
	if refusal := k.refused(first, app.CodeWrongCode); refusal.TriesLeft != 4 {
		t.Errorf("the old code leaves %d tries", refusal.TriesLeft)
	}
	w.clock.pass(30 * time.Second)
	k.must(app.Resend{})
	if got := at[app.EnterCode](k); got.TriesLeft != 4 {
		t.Errorf("a resend gave tries back: %d left", got.TriesLeft)
	}
	k.must(w.mailed(ben.Mail))
}

func TestEndedGatesLockRecovery(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	for i := range 5 {
		w.clock.pass(2 * time.Hour)
		w.restart()
		k := w.reset(ben)
		refusal := endGate(k, ben)
		if want := map[bool]app.Code{false: app.CodeGateEnded, true: app.CodeRecovery}[i == 4]; refusal.Code != want {
			t.Fatalf("ended gate %d: %s, want %s", i+1, refusal.Code, want)
		}
	}
	until := w.clock.Now().Add(24 * time.Hour)
	w.clock.pass(24*time.Hour - time.Second)
	w.restart()
	k := w.reset(ben)
	if got := at[app.Blocked](k); got.Code != app.CodeRecovery || !got.Until.Equal(until) || !k.flow.Contact {
		t.Errorf("a second before the lock opens: %+v, want until %v", got, until)
	}
	w.clock.pass(time.Second)
	at[app.Triage](w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}))
}

func TestALockClosesEveryFlow(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Recovery.EndedGates = 1 }), someone(trial.Registered)
	other := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	endGate(w.reset(ben), ben)
	if got := at[app.Blocked](other.must(w.code(ben))); got.Code != app.CodeRecovery {
		t.Errorf("a flow from before the lock goes on: %+v", got)
	}
}

func TestLeavingBeforeTheGateEndsIsNoWayRoundTheLock(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Recovery.StartsPerHour = 100 }), someone(trial.Registered)
	for range 6 {
		k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
		for range 4 {
			k.refused(w.wrongCode(ben), app.CodeWrongCode)
		}
	}
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	k.refused(w.wrongCode(ben), app.CodeRecovery)
	at[app.Blocked](k)
}

func TestAResetClearsTheCounts(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	for range 4 {
		w.clock.pass(time.Hour)
		endGate(w.reset(ben), ben)
	}
	w.clock.pass(time.Hour)
	w.toPassword(ben).must(app.GivePassword{Password: secret(newPassword)})
	w.clock.pass(time.Hour)
	if refusal := endGate(w.reset(ben), ben); refusal.Code != app.CodeGateEnded {
		t.Errorf("ended gates from before the reset still count: %s", refusal.Code)
	}
}

func TestACodeOfAnyAppPasses(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.register(ben).must(app.Choose{Kind: app.KindAuthApp})
	second := appOf(k)
	w.clock.pass(time.Minute)
	k.must(app.GiveCode{Digits: secret(second(w.clock.Now()))})
	w.clock.pass(time.Minute)
	at[app.EnterCode](w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben)))
	code := app.GiveCode{Digits: secret(second(w.clock.Now()))}
	at[app.EnterCode](w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, code))
	w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}).refused(code, app.CodeCodeUsed)
	w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}).refused(w.code(someone(trial.Admin)), app.CodeWrongCode)
}

func TestOneCodeServesOnce(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) {
		p.Recovery.StartsPerHour, p.Recovery.EndedGates, p.Recovery.MostWrongTries, p.Recovery.WrongInARow = 200, 200, 1000, 1000
	}), someone(trial.Registered)
	talks := make([]*talk, 100)
	for i := range talks {
		talks[i] = w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	}
	code := w.code(ben)
	results := together(talks, func(k *talk) error {
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, app.IdempotencyKey("same-key-for-each-of-them"), code)
		return err
	})
	if results[""] != 1 || results[app.CodeCodeUsed] != 99 {
		t.Errorf("one code used 100 times at once: %v", results)
	}
}

func TestAHundredWrongCodesAreCounted(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) {
		p.Recovery.StartsPerHour, p.Recovery.EndedGates, p.Codes.Tries = 200, 10, 10 // the hundredth locks
		p.Recovery.MostWrongTries, p.Recovery.WrongInARow = 200, 200
	}), someone(trial.Registered)
	talks := make([]*talk, 99)
	for i := range talks {
		talks[i] = w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	}
	last := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	wrong := w.wrongCode(ben)
	results := together(talks, func(k *talk) error {
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, app.IdempotencyKey("same-key-for-each-of-them"), wrong)
		return err
	})
	if results[app.CodeWrongCode] != 99 {
		t.Errorf("99 wrong codes at once: %v", results)
	}
	last.refused(wrong, app.CodeRecovery)
}

func TestWrongCodesOfOneFlowAreCountedOneByOne(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	wrong := w.wrongCode(ben)
	talks := []*talk{k, k, k, k, k, k, k, k}
	keys := make(chan app.IdempotencyKey, len(talks))
	for range talks {
		keys <- w.key()
	}
	results := together(talks, func(k *talk) error {
		_, err := w.Submit(k.ctx, k.flow.ID, k.flow.Rev, <-keys, wrong)
		return err
	})
	flow, err := w.Get(k.ctx, k.flow.ID)
	w.ok(err)
	if results[app.CodeWrongCode] != 1 || results[app.CodeMoved] != 7 || flow.Now.(app.EnterCode).TriesLeft != 4 {
		t.Errorf("eight answers to one revision: %v, then %+v", results, flow.Now)
	}
}

// together lets every talk do the same at once, and counts the answers.
func together(talks []*talk, do func(*talk) error) map[app.Code]int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	results := map[app.Code]int{}
	for _, k := range talks {
		wg.Go(func() {
			code := app.CodeOf(do(k))
			mu.Lock()
			defer mu.Unlock()
			results[code]++
		})
	}
	wg.Wait()
	return results
}

func TestMailsToAnAddressAreThrottled(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Recovery.StartsPerHour = 100 }), someone(trial.Registered)
	for range 10 {
		w.reset(ben).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
	}
	k := w.reset(ben).must(app.Choose{Kind: app.KindEmail})
	refusal := k.refused(app.GiveAddress{Address: ben.Mail}, app.CodeThrottled)
	if open := w.clock.Now().Add(10 * time.Minute); !refusal.RetryAt.Equal(open) {
		t.Errorf("the eleventh mail may go at %v, want %v", refusal.RetryAt, open)
	}
	if got := at[app.EnterAddress](k); got.TriesLeft != 5 {
		t.Errorf("the right address cost a try: %d left", got.TriesLeft)
	}
	w.clock.pass(10 * time.Minute)
	at[app.EnterCode](k.must(app.GiveAddress{Address: ben.Mail}))
}

func TestAThrottledSecondGateSaysSo(t *testing.T) {
	w, ben := newWorld(t, func(p *policy.Policy) { p.Recovery.MailsPerAddress = 1 }), someone(trial.Registered)
	w.reset(ben).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	at[app.ChooseMethod](k)
	k.refused(app.Choose{Kind: app.KindEmail}, app.CodeThrottled)
	w.clock.pass(10 * time.Minute)
	at[app.EnterCode](k.must(app.Choose{Kind: app.KindEmail}))
}

func TestACredentialThatIsGoneIsDeadAtOnce(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	k := w.reset(ben).must(app.Choose{Kind: app.KindAuthApp})
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error {
		creds, err := tx.Credentials(ben.ID)
		if err != nil {
			return err
		}
		for _, c := range creds {
			if c.Kind == app.KindAuthApp {
				err = tx.DeleteCredential(c.ID)
			}
		}
		return err
	}))
	if got := at[app.Blocked](k.must(w.code(ben))); got.Code != app.CodeNotVerified {
		t.Errorf("a code of a deleted app: %+v", got)
	}
}
