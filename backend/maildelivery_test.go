package backend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/letter"
	"github.com/sparekey/sparekey/backend/delivery/mail"
	"github.com/sparekey/sparekey/backend/delivery/mail/mailtest"
	"github.com/sparekey/sparekey/backend/delivery/route"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// relayed has the world's mails leave by a relay, which can be away.
func (w *world) relayed(s *mailtest.Scripted) (away *atomic.Bool) {
	w.t.Helper()
	away = &atomic.Bool{}
	letters, err := letter.New(letter.Config{Organisation: w.Organisation})
	w.ok(err)
	relay, err := mail.New(mail.Config{
		Server: s.URL, Roots: s.Roots, From: "reset@harbour.example", Auth: mail.AuthNone, Letters: letters.Write, Idle: time.Minute,
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			if away.Load() {
				return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
			}
			return new(net.Dialer).DialContext(ctx, network, address)
		},
	})
	w.ok(err)
	w.t.Cleanup(func() { _ = relay.Close() })
	w.config.Deliverer = route.New(w.clock, route.Provider{Name: "relay", Channel: app.KindEmail, Deliverer: relay, Time: 8 * time.Second})
	w.restart()
	return away
}

// TestARelayThatWasAwayForAnHour gets each notice once, and no code that nobody can use any more; the person is told meanwhile, and the
// trail says all of it.
func TestARelayThatWasAwayForAnHour(t *testing.T) {
	w := newWorld(t)
	done := w.toPassword(someone(trial.Registered)) // its code arrives by the tray
	w.ok(w.Deliver(t.Context()))
	s := mailtest.NewScripted(t)
	away := w.relayed(s)
	away.Store(true)
	done.must(app.GivePassword{Password: secret(newPassword)})
	k := sendCode(w)
	for tick := range 120 {
		w.ok(w.Deliver(t.Context()))
		if want, looked := map[int]app.Delivery{0: app.DeliveryOnItsWay, 1: app.DeliveryLate, 9: app.DeliveryLate, 11: app.DeliveryGivenUp}[tick]; looked && delivery(k) != want {
			t.Errorf("after %v the page says %q, want %q", time.Duration(tick)*30*time.Second, delivery(k), want)
		}
		w.clock.pass(30 * time.Second)
	}
	away.Store(false)
	for range 60 { // the wait between two tries is a quarter of an hour at most
		w.ok(w.Deliver(t.Context()))
		w.clock.pass(30 * time.Second)
	}
	ids, codes := map[string]int{}, 0
	for _, m := range s.Taken() {
		ids[messageID(m.Content)]++
		if bytes.Contains(m.Content, []byte("Subject: Your code")) {
			codes++
		}
	}
	if len(ids) != 2 || codes != 0 {
		t.Errorf("%d mails arrived, %d of them codes that are over; want the 2 notices", len(ids), codes)
	}
	for id, n := range ids {
		if n != 1 {
			t.Errorf("%s arrived %d times", id, n)
		}
	}
	for action, want := range map[string]int{"outbox.sent": 2, "outbox.delayed": 3, "outbox.failed": 1} {
		result := map[bool]string{true: "succeeded", false: "failed"}[action == "outbox.sent"]
		if n := w.audited(action, result); n != want {
			t.Errorf("the trail has %s %d times, want %d", action, n, want)
		}
	}
	for _, e := range w.trail() {
		if !strings.HasPrefix(e.Action, "outbox.") {
			continue
		}
		if strings.Contains(e.Reason, "@") || e.Account == "" || e.Method != "email" {
			t.Errorf("an entry tells an address, or no account: %+v", e)
		}
		if e.Action == "outbox.delayed" && !strings.HasSuffix(e.Reason, " connect") {
			t.Errorf("why it is late is not told: %+v", e)
		}
	}
}

// messageID is a mail's.
func messageID(content []byte) string {
	return string(regexp.MustCompile(`(?m)^Message-ID: <[^>]*>`).Find(content))
}

// TestNothingIsLostByARelayThatFailsOneInFive, by answers that are lost, and by a server that is killed: each message arrives, or is
// given up with a reason; what arrives twice had its answer lost, and is counted.
func TestNothingIsLostByARelayThatFailsOneInFive(t *testing.T) {
	const messages = 200
	w := newWorld(t)
	s := mailtest.NewScripted(t)
	w.relayed(s)
	random := rand.New(rand.NewPCG(1, 2))
	lost, refused := 0, map[string]bool{}
	var kill context.CancelFunc
	s.Do(func(s *mailtest.Scripted) { // called with one mail at a time: random and counters are its own
		gate := make(chan struct{}, 1)
		s.Rcpt = func(to string) error {
			if strings.HasPrefix(to, "gone") {
				refused[to] = true
				return mailtest.Refuse(550, smtp.EnhancedCode{5, 1, 1}, "no such person")
			}
			return nil
		}
		s.Data = func([]byte) error {
			gate <- struct{}{}
			defer func() { <-gate }()
			switch random.IntN(20) {
			case 0, 1, 2, 3:
				return mailtest.Refuse(451, smtp.EnhancedCode{4, 3, 0}, "later")
			case 4:
				lost++
				return mailtest.ErrCut
			case 5:
				lost++
				kill()
				return mailtest.ErrCut
			}
			return nil
		}
	})
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error {
		for i := range messages {
			name := map[bool]string{true: "gone", false: "person"}[i%25 == 0]
			m := app.Message{ID: fmt.Sprintf("m%03d", i), Channel: app.KindEmail, To: fmt.Sprintf("%s%d@harbour.example", name, i), Template: app.MessageUnlocked, At: w.clock.Now()}
			if err := tx.Enqueue(port.OutboxRecord{ID: m.ID, Account: app.AccountID("account-1"), Message: m, Created: w.clock.Now(), Due: w.clock.Now()}); err != nil {
				return err
			}
		}
		return nil
	}))
	for range 400 {
		ctx, cancel := context.WithCancel(t.Context())
		kill = cancel
		if err := w.Deliver(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if ctx.Err() != nil {
			w.restart()
		}
		cancel()
		w.clock.pass(31 * time.Second) // a lease's time
	}
	arrived, twice := map[string]bool{}, 0
	for _, m := range s.Taken() {
		id := messageID(m.Content)
		if arrived[id] {
			twice++
		}
		arrived[id] = true
	}
	if len(arrived)+len(refused) != messages || len(refused) != messages/25 {
		t.Errorf("%d arrived and %d were refused, of %d", len(arrived), len(refused), messages)
	}
	if lost == 0 || twice > lost {
		t.Errorf("%d mails arrived twice, %d answers were lost", twice, lost)
	}
	if n := w.audited("outbox.failed", "failed"); n != len(refused) {
		t.Errorf("%d were given up, %d were refused", n, len(refused))
	}
	t.Logf("%d arrived, %d refused, %d answers lost, %d arrived twice", len(arrived), len(refused), lost, twice)
}
