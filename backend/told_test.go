package backend_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// gateway is a provider that gives receipts, as a gateway for texts does.
type gateway struct {
	fail  error
	taken []string                                               // receipts
	inner func(ctx context.Context, receipt string)              // what happens while its answer is on its way
	asked func(ctx context.Context, m app.Message) (again error) // nil: as fail says
}

func (g *gateway) Deliver(ctx context.Context, m app.Message) error {
	if g.asked != nil {
		if err := g.asked(ctx, m); err != nil {
			return err
		}
	}
	if g.fail != nil {
		port.TellAttempt(ctx, port.Attempt{Provider: "gateway", Outcome: "connect"})
		return g.fail
	}
	receipt := "R-" + m.ID
	if g.inner != nil {
		g.inner(ctx, receipt)
	}
	g.taken = append(g.taken, receipt)
	port.TellAttempt(ctx, port.Attempt{Provider: "gateway", Outcome: port.Taken, Receipt: receipt})
	return nil
}

// through has messages carried by a gateway.
func (w *world) through(g *gateway) *gateway {
	w.t.Helper()
	w.config.Deliverer = g
	w.restart()
	return g
}

func (w *world) receive(r port.Receipt, want error) {
	w.t.Helper()
	if err := w.TakeReceipt(w.t.Context(), r); !errors.Is(err, want) {
		w.t.Errorf("%+v: %v, want %v", r, err, want)
	}
}

// delivery is what the page of a code says of its message.
func delivery(k *talk) app.Delivery { return at[app.EnterCode](k.again()).Delivery }

// outboxTrail are the trail's entries on messages, each as its action and reason, without the message's ID.
func (w *world) outboxTrail() []string {
	var all []string
	for _, e := range w.trail() {
		if strings.HasPrefix(e.Action, "outbox.") {
			template, rest, _ := strings.Cut(e.Reason, ";")
			name, id, _ := strings.Cut(template, " ")
			all = append(all, strings.ReplaceAll(e.Action+" "+name+";"+rest, id, "ID"))
		}
	}
	return all
}

// TestAPageTellsWhatBecameOfItsCode: on its way, late, taken and arrived, while its revision stays, so that nobody who types meanwhile
// is sent away.
func TestAPageTellsWhatBecameOfItsCode(t *testing.T) {
	w := newWorld(t)
	g := w.through(&gateway{fail: errors.New("connection refused")})
	k := sendCode(w)
	rev := k.flow.Rev
	says := func(when string, want app.Delivery) {
		t.Helper()
		if got := delivery(k); got != want || k.flow.Rev != rev {
			t.Errorf("%s the page says %q at revision %d, want %q at %d", when, got, k.flow.Rev, want, rev)
		}
	}
	says("at once", app.DeliveryOnItsWay)
	w.ok(w.Deliver(t.Context()))
	says("after a first try", app.DeliveryOnItsWay)
	w.clock.pass(10 * time.Second)
	says("ten seconds later", app.DeliveryLate)
	g.fail = nil
	w.ok(w.Deliver(t.Context()))
	says("once it was taken", app.DeliveryTaken)
	if handed := at[app.EnterCode](k).Handed; !handed.Equal(w.clock.Now()) {
		t.Errorf("handed over at %v", handed)
	}
	w.clock.pass(time.Second)
	w.receive(port.Receipt{Provider: "gateway", ID: g.taken[0], Arrived: true}, nil)
	says("once it arrived", app.DeliveryArrived)
	want := []string{"outbox.delayed code; gateway connect", "outbox.sent code; gateway taken R-ID", "outbox.arrived code; gateway arrived R-ID"}
	if got := w.outboxTrail(); !reflect.DeepEqual(got, want) {
		t.Errorf("the trail says %q, want %q", got, want)
	}
	for _, e := range w.trail() {
		if strings.HasPrefix(e.Action, "outbox.") && (e.Flow != string(k.flow.ID) || e.Account == "" || e.Method != "email") {
			t.Errorf("an entry without its flow, account or channel: %+v", e)
		}
	}
	w.clock.pass(21 * time.Second) // resending opens
	k.must(app.Resend{})
	if got := delivery(k); got != app.DeliveryOnItsWay {
		t.Errorf("a new code is %q", got)
	}
}

// TestAPageTellsThatACodeWillNotArrive, whether it was given up or its provider said so later.
func TestAPageTellsThatACodeWillNotArrive(t *testing.T) {
	w := newWorld(t)
	g := w.through(&gateway{fail: port.ErrUndeliverable})
	k := sendCode(w)
	w.ok(w.Deliver(t.Context()))
	if got := delivery(k); got != app.DeliveryGivenUp {
		t.Errorf("what is given up is %q", got)
	}
	w.clock.pass(31 * time.Second)
	g.fail = nil
	k.must(app.Resend{})
	w.ok(w.Deliver(t.Context()))
	w.receive(port.Receipt{Provider: "gateway", ID: g.taken[0], Reason: "30003"}, nil)
	if got := delivery(k); got != app.DeliveryUndelivered {
		t.Errorf("what its provider gave up is %q", got)
	}
	w.clock.pass(2 * time.Hour) // rows end; the flow has, too
	w.ok(w.Sweep(t.Context()))
	w.receive(port.Receipt{Provider: "gateway", ID: g.taken[0], Arrived: true}, port.ErrNotFound)
}

// TestADeadCodeIsNotSentLate: a new code replaces the one that waits.
func TestADeadCodeIsNotSentLate(t *testing.T) {
	w := newWorld(t)
	g := w.through(&gateway{fail: errors.New("connection refused")})
	k := sendCode(w)
	w.ok(w.Deliver(t.Context()))
	w.clock.pass(31 * time.Second)
	k.must(app.Resend{})
	g.fail = nil
	w.ok(w.Deliver(t.Context()))
	want := []string{"outbox.delayed code; gateway connect", "outbox.failed code; replaced", "outbox.sent code; gateway taken R-ID"}
	if got := w.outboxTrail(); len(g.taken) != 1 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d were sent, and the trail says %q", len(g.taken), got)
	}
}

// TestADeadCodeIsNotTriedAgain: a new code replaces the one that a provider is at, too.
func TestADeadCodeIsNotTriedAgain(t *testing.T) {
	w := newWorld(t)
	g := w.through(&gateway{fail: errors.New("connection refused")})
	k := sendCode(w)
	w.ok(w.Deliver(t.Context()))
	w.clock.pass(25 * time.Second)
	g.asked = func(context.Context, app.Message) error { // it hangs, while the person asks for a new code
		g.asked = nil
		w.clock.pass(10 * time.Second)
		k.must(app.Resend{})
		return errors.New("no answer in time")
	}
	w.ok(w.Deliver(t.Context()))
	g.fail = nil
	w.clock.pass(5 * time.Second)
	w.ok(w.Deliver(t.Context()))
	want := []string{"outbox.delayed code; gateway connect", "outbox.failed code; expired", "outbox.sent code; gateway taken R-ID"}
	got := w.outboxTrail()
	slices.Sort(got)
	if got = slices.Compact(got); len(g.taken) != 1 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d were sent, and the trail says %q", len(g.taken), got)
	}
}

// Threat: a stranger has a code sent, and learns by what becomes of it whether there is such an account, or such a mailbox.
func TestNobodyLearnsOfADeliveryBeforeAProof(t *testing.T) {
	w := newWorld(t, private, allows(2, []app.Kind{app.KindAuthApp, app.KindEmail}), often, func(p *policy.Policy) { p.Codes.ConfirmDestination = false })
	g := w.through(&gateway{})
	ben := someone(trial.Registered)
	real := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot})
	nobody := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: "nobody@harbour.example"}, app.GiveReason{Reason: app.ReasonForgot})
	for _, fail := range []error{errors.New("connection refused"), port.ErrUndeliverable, nil} {
		g.fail = fail
		for _, k := range []*talk{real, nobody} {
			if _, wants := k.flow.Now.(app.EnterCode); wants {
				k.must(app.Resend{})
			} else {
				k.must(app.Choose{Kind: app.KindEmail})
			}
		}
		for range 3 {
			for _, k := range []*talk{real, nobody} {
				if step := at[app.EnterCode](k.again()); step.Delivery != "" || !step.Handed.IsZero() {
					t.Errorf("told to a stranger: %+v", step)
				}
			}
			w.ok(w.Deliver(t.Context()))
			w.clock.pass(16 * time.Second)
		}
		w.clock.pass(time.Minute)
	}
	if len(g.taken) == 0 {
		t.Fatal("nothing was sent to the real account")
	}
	proven := w.start(app.PurposeReset, app.Caller{}).must(app.GiveUserID{UserID: ben.UserID}, app.GiveReason{Reason: app.ReasonForgot},
		app.Choose{Kind: app.KindAuthApp}, w.code(ben))
	if delivery(proven) != app.DeliveryOnItsWay {
		t.Errorf("after a first proof the page says %q", delivery(proven))
	}
}

func TestReceipts(t *testing.T) {
	w := newWorld(t)
	g := w.through(&gateway{})
	k := sendCode(w)
	w.ok(w.Deliver(t.Context()))
	before := len(w.trail())
	for _, unknown := range []port.Receipt{
		{Provider: "gateway", ID: "R-another", Arrived: true}, {Provider: "another", ID: g.taken[0], Arrived: true}, {Provider: "gateway", Arrived: true}, {},
	} {
		w.receive(unknown, port.ErrNotFound)
	}
	if len(w.trail()) != before || delivery(k) != app.DeliveryTaken {
		t.Error("an unknown receipt changed something")
	}
	for _, again := range []port.Receipt{
		{Provider: "gateway", ID: g.taken[0], Reason: "the number +49 151 12345678 is not in service"}, {Provider: "gateway", ID: g.taken[0], Reason: "2"},
		{Provider: "gateway", ID: g.taken[0], Arrived: true},
	} {
		w.receive(again, nil)
	}
	if got := w.outboxTrail(); delivery(k) != app.DeliveryUndelivered || len(got) != 2 || got[1] != "outbox.undelivered code; gateway undelivered no_code R-ID" {
		t.Errorf("the page says %q, the trail %q", delivery(k), got)
	}
	for reason, want := range map[string]string{"30003": "30003", "UNDELIV:045": "UNDELIV:045", "4915112345678": "no_code", "": "no_code"} {
		w.clock.pass(24 * time.Hour)
		sendCode(w)
		w.ok(w.Deliver(t.Context()))
		w.receive(port.Receipt{Provider: "gateway", ID: g.taken[len(g.taken)-1], Reason: reason}, nil)
		if got := w.outboxTrail(); got[len(got)-1] != "outbox.undelivered code; gateway undelivered "+want+" R-ID" {
			t.Errorf("%q stands in the trail as %q", reason, got[len(got)-1])
		}
	}
}

// TestAReceiptThatIsQuickerThanTheRecord: a provider may say that a text arrived before anybody could write down that it took it.
func TestAReceiptThatIsQuickerThanTheRecord(t *testing.T) {
	w := newWorld(t)
	said := make(chan error)
	w.through(&gateway{inner: func(_ context.Context, receipt string) {
		go func() {
			said <- w.TakeReceipt(t.Context(), port.Receipt{Provider: "gateway", ID: receipt, Arrived: true})
		}()
	}})
	k := sendCode(w)
	w.ok(w.Deliver(t.Context()))
	if err := <-said; err != nil || delivery(k) != app.DeliveryArrived {
		t.Errorf("%v, and the page says %q", err, delivery(k))
	}
}

// TestAReceiptWaitsForNoOtherMessage: what is with a provider that hangs keeps no receipt of another message from being noted.
func TestAReceiptWaitsForNoOtherMessage(t *testing.T) {
	w, said, answered := newWorld(t), make(chan error, 1), make(chan struct{})
	g := &gateway{}
	var hanging sync.WaitGroup
	hanging.Add(6)
	g.asked = func(ctx context.Context, m app.Message) error {
		if m.Code != "hang" {
			hanging.Wait()
			return nil
		}
		hanging.Done()
		select {
		case <-answered:
		case <-ctx.Done():
		}
		return port.ErrUndeliverable
	}
	g.inner = func(_ context.Context, receipt string) {
		go func() {
			began := time.Now()
			err := w.TakeReceipt(t.Context(), port.Receipt{Provider: "gateway", ID: receipt, Arrived: true})
			if took := time.Since(began); err == nil && took > 4*time.Second {
				err = fmt.Errorf("it took %v", took)
			}
			said <- err
			close(answered)
		}()
	}
	w.through(g)
	for i := range 6 {
		w.enqueue(app.AccountID(fmt.Sprint("S", i)), app.KindEmail, "hang", fmt.Sprint("slow", i))
	}
	k := sendCode(w)
	w.ok(w.Deliver(t.Context()))
	if err := <-said; err != nil || delivery(k) != app.DeliveryArrived {
		t.Errorf("%v, and the page says %q", err, delivery(k))
	}
}

// TestAReceiptWaitsForNoOtherChannel: a relay that hangs keeps nobody waiting who brings receipts of texts, some of which are another
// server's.
func TestAReceiptWaitsForNoOtherChannel(t *testing.T) {
	w, hangs, answered := newWorld(t), make(chan struct{}), make(chan struct{})
	g := &gateway{}
	g.asked = func(_ context.Context, m app.Message) error {
		if m.Channel == app.KindEmail {
			close(hangs)
			<-answered
			return port.ErrUndeliverable
		}
		return nil
	}
	w.through(g)
	w.enqueue("S1", app.KindSMS, "", "+4915112345678")
	w.ok(w.Deliver(t.Context()))
	w.enqueue("S2", app.KindEmail, "", "slow")
	over := make(chan error, 1)
	go func() { over <- w.Deliver(t.Context()) }()
	<-hangs
	began := time.Now()
	w.receive(port.Receipt{Provider: "gateway", ID: "another server's", Arrived: true}, port.ErrNotFound)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	close(answered)
	w.ok(<-over)
}

// TestNobodyTakesACodeAfterItsEnd: a provider has no longer than the code is good.
func TestNobodyTakesACodeAfterItsEnd(t *testing.T) {
	w := newWorld(t)
	asked := 0
	w.through(&gateway{asked: func(ctx context.Context, _ app.Message) error {
		asked++
		<-ctx.Done() // the provider hangs
		return ctx.Err()
	}})
	sendCode(w)
	w.clock.pass(5*time.Minute - time.Millisecond)
	w.ok(w.Deliver(t.Context()))
	w.clock.pass(time.Second)
	w.ok(w.Deliver(t.Context()))
	if want := []string{"outbox.failed code; expired"}; asked != 1 || !reflect.DeepEqual(w.outboxTrail(), want) {
		t.Errorf("asked %d times, and the trail says %q", asked, w.outboxTrail())
	}
}

// TestACallIsNotBegunForADeadCode: a code that is good for less than it takes to hear and type it is given up, and nobody is called.
func TestACallIsNotBegunForADeadCode(t *testing.T) {
	for left, begun := range map[time.Duration]bool{30*time.Second + time.Millisecond: true, 30 * time.Second: false} {
		w, ana := newWorld(t, allow(app.KindVoice)), someone(trial.Ready)
		called := time.Time{}
		w.through(&gateway{asked: func(_ context.Context, m app.Message) error { called = m.Expires; return nil }})
		k := w.register(ana)
		k.must(app.Choose{Kind: app.KindVoice}, app.GivePhone{Number: mobile, Use: app.PhoneMobile})
		expires := at[app.EnterCode](k).Expires
		w.clock.pass(expires.Sub(w.clock.Now()) - left)
		w.ok(w.Deliver(t.Context()))
		want := time.Time{}
		if begun {
			want = expires
		}
		if !called.Equal(want) || begun == (delivery(k) == app.DeliveryGivenUp) {
			t.Errorf("%v before its end: called with a code that ends at %v, and the page says %s", left, called, delivery(k))
		}
	}
}

// lost is a gateway whose answer to its first message is lost, though it took that; whether its receipts may say so is told.
func (w *world) lost(awaited bool) (g *gateway, asked *int) {
	n := 0
	g = &gateway{}
	g.asked = func(ctx context.Context, m app.Message) error {
		if n++; n > 1 {
			return nil
		}
		port.TellAttempt(ctx, port.Attempt{Provider: "gateway", Outcome: "request unanswered", Awaited: awaited})
		return fmt.Errorf("request: %w", port.ErrUnanswered)
	}
	return w.through(g), &n
}

// textCode has a code sent to Ana's telephone by text.
func textCode(w *world) *talk {
	w.t.Helper()
	return w.register(someone(trial.Ready)).must(app.Choose{Kind: app.KindSMS}, app.GivePhone{Number: mobile, Use: app.PhoneMobile})
}

// TestALostAnswerWaitsForItsReceipt where one may come, before another provider is asked; what it says is known by the message's ID.
func TestALostAnswerWaitsForItsReceipt(t *testing.T) {
	for _, awaited := range []bool{true, false} {
		w := newWorld(t, allow(app.KindSMS))
		_, asked := w.lost(awaited)
		k := textCode(w)
		w.ok(w.Deliver(t.Context()))
		w.clock.pass(8*time.Second - time.Millisecond)
		w.ok(w.Deliver(t.Context()))
		if again := *asked == 2; again == awaited {
			t.Errorf("awaited %v: asked %d times within 8 s", awaited, *asked)
		}
		w.clock.pass(time.Millisecond)
		w.ok(w.Deliver(t.Context()))
		if *asked != 2 || delivery(k) != app.DeliveryTaken {
			t.Errorf("awaited %v: asked %d times, and the page says %s", awaited, *asked, delivery(k))
		}
	}
}

// TestAReceiptTellsOfALostAnswer: the text was taken, and is not sent again; what never arrives may go by another provider.
func TestAReceiptTellsOfALostAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		said  port.Receipt
		found error
		want  app.Delivery
		trail []string
	}{
		"taken":   {port.Receipt{Taken: true}, nil, app.DeliveryTaken, []string{"outbox.sent code; gateway taken SM01"}},
		"arrived": {port.Receipt{Arrived: true}, nil, app.DeliveryArrived, []string{"outbox.sent code; gateway taken SM01", "outbox.arrived code; gateway arrived SM01"}},
		"failed":  {port.Receipt{Reason: "30003"}, port.ErrNotFound, app.DeliveryLate, nil},
	} {
		w := newWorld(t, allow(app.KindSMS))
		id := ""
		g, asked := w.lost(true)
		first := g.asked
		g.asked = func(ctx context.Context, m app.Message) error { id = m.ID; return first(ctx, m) }
		k := textCode(w)
		w.ok(w.Deliver(t.Context()))
		c.said.Provider, c.said.ID, c.said.Message = "gateway", "SM01", "another"
		w.receive(c.said, port.ErrNotFound)
		c.said.Message = id
		w.receive(c.said, c.found)
		if c.found == nil { // it comes again
			w.receive(c.said, nil)
		}
		w.clock.pass(time.Minute)
		trail := append([]string{"outbox.delayed code; gateway request unanswered"}, c.trail...)
		if got := w.outboxTrail(); delivery(k) != c.want || !slices.Equal(got, trail) {
			t.Errorf("%s: the page says %s, the trail %q", name, delivery(k), got)
		}
		w.ok(w.Deliver(t.Context()))
		if again := *asked == 2; again != (c.found != nil) {
			t.Errorf("%s: asked %d times", name, *asked)
		}
	}
}

// TestASecondTextCostsASecondOne: after an answer that was lost it counts in the budgets, and where these are used up it is not sent.
func TestASecondTextCostsASecondOne(t *testing.T) {
	for most, sent := range map[int]int{1: 1, 2: 2} {
		for name, change := range map[string]func(*policy.Policy){
			"day":     func(p *policy.Policy) { p.Calls.SendsPerDay = most },
			"country": func(p *policy.Policy) { p.Calls.SendsPerCountry = most },
			"number":  func(p *policy.Policy) { p.Recovery.SendsPerNumber = most },
			"account": func(p *policy.Policy) { p.Recovery.SendsPerAccount = most },
		} {
			w := newWorld(t, allow(app.KindSMS), change)
			_, asked := w.lost(false)
			k := textCode(w)
			w.ok(w.Deliver(t.Context()))
			w.clock.pass(time.Minute)
			w.ok(w.Deliver(t.Context()))
			want := app.DeliveryTaken
			if most == 1 {
				want = app.DeliveryGivenUp
			}
			if *asked != sent || delivery(k) != want {
				t.Errorf("%s of %d: asked %d times, and the page says %s", name, most, *asked, delivery(k))
			}
			if trail := w.outboxTrail(); most == 1 && !slices.Equal(trail, []string{"outbox.delayed code; gateway request unanswered", "outbox.failed code; too_many"}) {
				t.Errorf("%s: the trail says %q", name, trail)
			}
			k.refused(app.Resend{}, app.CodeThrottled)
		}
	}
}

// TestANoticeWaitsForTheBudgets after an answer that was lost, and is not given up.
func TestANoticeWaitsForTheBudgets(t *testing.T) {
	w, ana := newWorld(t, allow(app.KindSMS), func(p *policy.Policy) { p.Calls.SendsPerDay = 1 }), someone(trial.Ready)
	w.register(ana).addNumber(app.KindSMS, mobile, app.PhoneMobile) // which takes the day's
	w.clock.pass(time.Hour)
	g, asked := w.lost(false)
	first := g.asked
	g.asked = func(ctx context.Context, m app.Message) error {
		if m.Channel != app.KindSMS {
			return nil
		}
		return first(ctx, m)
	}
	_, err := w.IssuePass(w.operator(), app.IssuePass{UserID: ana.UserID})
	w.ok(err)
	w.ok(w.Deliver(t.Context()))
	w.clock.pass(23*time.Hour - 2*time.Second)
	w.ok(w.Deliver(t.Context()))
	if *asked != 1 {
		t.Fatalf("within the day: asked %d times: %q", *asked, w.outboxTrail())
	}
	w.clock.pass(time.Second)
	w.ok(w.Deliver(t.Context()))
	if *asked != 2 {
		t.Errorf("once the budget is open: asked %d times, the trail says %q", *asked, w.outboxTrail())
	}
	w.clock.pass(time.Minute)
	k := w.manage(someone(trial.Registered)).must(app.Choose{Kind: app.KindSMS})
	k.refused(app.GivePhone{Number: newNumber, Use: app.PhoneMobile}, app.CodeThrottled) // the notice took the day's
}

// TestATextThatAReceiptTellsOfIsCountedOnce: it was taken, and there is no second one.
func TestATextThatAReceiptTellsOfIsCountedOnce(t *testing.T) {
	w := newWorld(t, allow(app.KindSMS), func(p *policy.Policy) { p.Calls.SendsPerDay = 2 })
	id := ""
	g, asked := w.lost(true)
	first := g.asked
	g.asked = func(ctx context.Context, m app.Message) error { id = m.ID; return first(ctx, m) }
	k := textCode(w)
	w.ok(w.Deliver(t.Context()))
	w.receive(port.Receipt{Provider: "gateway", ID: "SM01", Message: id, Taken: true}, nil)
	w.clock.pass(time.Minute)
	k.must(app.Resend{})
	w.ok(w.Deliver(t.Context()))
	if *asked != 2 {
		t.Errorf("asked %d times", *asked)
	}
	w.clock.pass(time.Minute)
	k.refused(app.Resend{}, app.CodeThrottled)
}

// TestATextWhoseSenderDiedIsCountedAgain: nobody knows whether it was sent.
func TestATextWhoseSenderDiedIsCountedAgain(t *testing.T) {
	for most, sent := range map[int]int{1: 0, 2: 1} {
		w := newWorld(t, allow(app.KindSMS), func(p *policy.Policy) { p.Calls.SendsPerDay = most })
		g := w.through(&gateway{})
		k := textCode(w)
		now := w.clock.Now()
		w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error {
			_, err := tx.Lease(port.Lease{Now: now, Until: now.Add(30 * time.Second), N: 10})
			return err
		}))
		w.clock.pass(time.Minute)
		w.ok(w.Deliver(t.Context()))
		if len(g.taken) != sent {
			t.Errorf("of %d a day: sent %d times, and the trail says %q", most, len(g.taken), w.outboxTrail())
		}
		k.refused(app.Resend{}, app.CodeThrottled)
	}
}

// TestWhatWaitsForItsAddressCostsNoText, though whoever asked the directory for it died over that.
func TestWhatWaitsForItsAddressCostsNoText(t *testing.T) {
	w, ben := newWorld(t, allow(app.KindSMS), func(p *policy.Policy) { p.Calls.SendsPerDay = 1 }), someone(trial.Registered)
	now := w.clock.Now()
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error {
		return tx.Enqueue(port.OutboxRecord{
			ID: "m", Account: ben.ID, Created: now, Due: now, Leased: now,
			Message: app.Message{ID: "m", Channel: port.Unaddressed, For: app.ForOwner, Template: app.MessageFrozen},
		})
	}))
	w.messages() // asks the directory
	if w.heard(app.MessageFrozen, ben.UserID) != 1 {
		t.Error("the work mailbox is not told")
	}
	textCode(w) // takes the day's
}
