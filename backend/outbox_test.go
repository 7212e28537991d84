package backend_test

import (
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// sendCode has a code sent to Ben's private mailbox.
func sendCode(w *world) *talk {
	ben := someone(trial.Registered)
	return w.reset(ben).must(app.Choose{Kind: app.KindEmail}, app.GiveAddress{Address: ben.Mail})
}

func TestAMessageIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	sendCode(w)
	w.post.fail = errors.New("connection refused")
	for _, wait := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		w.ok(w.Deliver(t.Context()))
		w.restart()
		w.clock.pass(wait - time.Millisecond)
		w.post.fail = nil
		if n := len(w.messages()); n != 0 {
			t.Fatalf("a message was tried again before %v", wait)
		}
		w.post.fail = errors.New("connection refused")
		w.clock.pass(time.Millisecond)
	}
	w.post.fail = nil
	if n := len(w.messages()); n != 1 {
		t.Errorf("%d messages arrived, want 1", n)
	}
}

func TestACodeThatExpiredIsNotSent(t *testing.T) {
	w := newWorld(t)
	sendCode(w)
	w.clock.pass(5*time.Minute + time.Second)
	if n := len(w.messages()); n != 0 || w.audited("outbox.failed", "failed") != 1 {
		t.Errorf("%d dead codes were sent, %d audited", n, w.audited("outbox.failed", "failed"))
	}
}

func TestANoticeIsGivenUpAfterADay(t *testing.T) {
	w := newWorld(t)
	w.toPassword(someone(trial.Registered)).must(app.GivePassword{Password: secret(newPassword)})
	w.post.fail = errors.New("connection refused")
	for range 200 {
		w.ok(w.Deliver(t.Context()))
		w.clock.pass(15 * time.Minute)
	}
	if n := w.audited("outbox.failed", "failed"); n != 2 {
		t.Errorf("%d notices were given up, want 2", n)
	}
	w.post.fail = nil
	if n := len(w.messages()); n != 1 { // the code of before
		t.Errorf("what was given up went out: %d messages", n)
	}
}

func TestAnUndeliverableMessageIsNotTriedAgain(t *testing.T) {
	w := newWorld(t)
	sendCode(w)
	w.post.fail = port.ErrUndeliverable
	w.ok(w.Deliver(t.Context()))
	w.post.fail = nil
	w.clock.pass(time.Minute)
	if n := len(w.messages()); n != 0 {
		t.Errorf("an undeliverable message went out: %d", n)
	}
}

func TestALeaseRunsOutAfterACrash(t *testing.T) {
	w := newWorld(t)
	sendCode(w)
	now := w.clock.Now()
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error {
		_, err := tx.Lease(port.Lease{Now: now, Until: now.Add(30 * time.Second), N: 10}) // and no more is heard of whoever took it
		return err
	}))
	w.restart()
	if n := len(w.messages()); n != 0 {
		t.Error("a leased message was sent by another")
	}
	w.clock.pass(30 * time.Second)
	if n := len(w.messages()); n != 1 {
		t.Errorf("after the lease %d messages arrived, want 1", n)
	}
}

func TestTheWorkerWakesOnACommit(t *testing.T) {
	w := newWorld(t)
	w.ok(w.StartWorker(t.Context()))
	defer func() { w.ok(w.Close()) }()
	changed := w.post.Changed()
	sendCode(w)
	select {
	case <-changed:
	case <-t.Context().Done():
	}
	if n := len(w.post.Messages()); n != 1 {
		t.Errorf("%d messages arrived, want 1", n)
	}
}
