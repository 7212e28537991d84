package backend_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// provider is a deliverer that holds what hangs until it is let go, and notes the order of what arrived.
type provider struct {
	mu      sync.Mutex
	arrived []app.Message
	changed chan struct{}
	out     map[app.Kind]int
	most    map[app.Kind]int
	hangs   func(app.Message) bool
	let     chan struct{}
}

func newProvider(hangs func(app.Message) bool) *provider {
	return &provider{
		changed: make(chan struct{}, 1000), out: map[app.Kind]int{}, most: map[app.Kind]int{}, hangs: hangs, let: make(chan struct{}),
	}
}

func (p *provider) count(kind app.Kind, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.out[kind] += n
	p.most[kind] = max(p.most[kind], p.out[kind])
}

func (p *provider) Deliver(ctx context.Context, m app.Message) error {
	p.count(m.Channel, 1)
	defer p.count(m.Channel, -1)
	if p.hangs(m) {
		select {
		case <-p.let:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.mu.Lock()
	p.arrived = append(p.arrived, m)
	p.mu.Unlock()
	p.changed <- struct{}{}
	return nil
}

// until waits until a message arrived.
func (p *provider) until(t *testing.T, to string) {
	t.Helper()
	for {
		p.mu.Lock()
		for _, m := range p.arrived {
			if m.To == to {
				p.mu.Unlock()
				return
			}
		}
		p.mu.Unlock()
		select {
		case <-p.changed:
		case <-time.After(20 * time.Second):
			t.Fatalf("what goes to %s waits for others", to)
		}
	}
}

func (w *world) enqueue(account app.AccountID, channel app.Kind, to, code string) {
	w.t.Helper()
	w.keys++
	id := fmt.Sprintf("message-%06d", w.keys)
	now := w.clock.Now()
	w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error {
		return tx.Enqueue(port.OutboxRecord{
			ID: id, Account: account, Created: now, Due: now, Urgent: code != "",
			Message: app.Message{ID: id, Channel: channel, To: to, Code: code},
		})
	}))
}

// Threat: a mail server that hangs, or somebody's many messages, hold another person's code back. Whichever messages of
// others hang, of whichever channel, a code of somebody else arrives while they do.
func TestNobodyHoldsUpAnothersCode(t *testing.T) {
	for name, hangs := range map[string]func(app.Message) bool{
		"one person's mails hang":    func(m app.Message) bool { return m.To == "flood" && m.Channel == app.KindEmail },
		"every text and call hangs":  func(m app.Message) bool { return m.Channel != app.KindEmail },
		"one person's messages hang": func(m app.Message) bool { return m.To == "flood" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := newProvider(hangs)
			w.config.Deliverer = p
			w.restart()
			for i := range 200 {
				channel := []app.Kind{app.KindEmail, app.KindSMS, app.KindVoice}[i%3]
				w.enqueue("A-flood", channel, "flood", []string{"", "123456"}[i%2])
			}
			w.ok(w.StartWorker(t.Context()))
			w.enqueue("A-ben", app.KindEmail, "ben", "654321")
			sendCode(w) // a commit wakes the worker
			p.until(t, "ben")
			close(p.let)
			p.until(t, someone(trial.Registered).Mail)
			w.ok(w.Close())
			for kind, n := range p.most {
				if n > 8 {
					t.Errorf("%d deliveries by %s at once", n, kind)
				}
			}
		})
	}
}

// Threat: notices by the hundred before a code. An account's messages keep their order, codes before notices.
func TestCodesGoBeforeNotices(t *testing.T) {
	w := newWorld(t)
	p := newProvider(func(app.Message) bool { return false })
	w.config.Deliverer = p
	w.restart()
	for i := range 30 {
		w.enqueue("A1", app.KindEmail, fmt.Sprint("notice", i), "")
	}
	for i := range 5 {
		w.enqueue("A1", app.KindEmail, fmt.Sprint("code", i), "123456")
	}
	w.ok(w.Deliver(t.Context()))
	if len(p.arrived) != 35 {
		t.Fatalf("%d arrived, want 35", len(p.arrived))
	}
	next := map[string]int{}
	for i, m := range p.arrived {
		class := "notice"
		if m.Code != "" {
			class = "code"
		}
		if want := fmt.Sprint(class, next[class]); m.To != want {
			t.Errorf("%s arrived before %s", m.To, want)
		}
		next[class]++
		if m.Code != "" && i > 10 {
			t.Errorf("%s arrived as number %d", m.To, i)
		}
	}
}
