package backend_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	p.changed <- struct{}{}
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
	arrived := func(m app.Message) bool { return m.To == to }
	p.wait(t, "what goes to "+to+" waits for others", func() bool { return slices.ContainsFunc(p.arrived, arrived) })
}

// untilOut waits until so many messages of a channel are on their way.
func (p *provider) untilOut(t *testing.T, kind app.Kind, n int) {
	t.Helper()
	p.wait(t, "lanes stay empty", func() bool { return p.out[kind] == n })
}

func (p *provider) wait(t *testing.T, otherwise string, until func() bool) {
	t.Helper()
	for {
		p.mu.Lock()
		done := until()
		p.mu.Unlock()
		if done {
			return
		}
		select {
		case <-p.changed:
		case <-time.After(20 * time.Second):
			t.Fatal(otherwise)
		}
	}
}

// enqueue puts messages to these into the outbox, all at once.
func (w *world) enqueue(account app.AccountID, channel app.Kind, code string, to ...string) {
	w.t.Helper()
	w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error { return w.enqueueIn(tx, account, channel, code, to...) }))
}

func (w *world) enqueueIn(tx port.Tx, account app.AccountID, channel app.Kind, code string, to ...string) error {
	now := w.clock.Now()
	for _, one := range to {
		w.keys++
		id := fmt.Sprintf("message-%06d", w.keys)
		err := tx.Enqueue(port.OutboxRecord{
			ID: id, Account: account, Created: now, Due: now, Urgent: code != "",
			Message: app.Message{ID: id, Channel: channel, To: one, Code: code},
		})
		if err != nil {
			return err
		}
	}
	return nil
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
				w.enqueue("A-flood", channel, []string{"", "123456"}[i%2], "flood")
			}
			w.ok(w.StartWorker(t.Context()))
			w.enqueue("A-ben", app.KindEmail, "654321", "ben")
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

// Threat: notices by the hundred before a code. An account's messages keep their order, codes before notices: with one lane
// free every code goes before every notice.
func TestCodesGoBeforeNotices(t *testing.T) {
	w := newWorld(t)
	p := newProvider(func(m app.Message) bool { return strings.HasPrefix(m.To, "slow") })
	w.config.Deliverer = p
	w.restart()
	const others = 7 // of eight lanes
	for i := range others {
		w.enqueue(app.AccountID(fmt.Sprint("S", i)), app.KindEmail, "", fmt.Sprint("slow", i))
	}
	w.ok(w.StartWorker(t.Context()))
	p.untilOut(t, app.KindEmail, others)
	var codes, notices []string
	for i := range 30 {
		notices = append(notices, fmt.Sprint("notice", i))
	}
	for i := range 5 {
		codes = append(codes, fmt.Sprint("code", i))
	}
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error {
		if err := w.enqueueIn(tx, "A1", app.KindEmail, "", notices...); err != nil {
			return err
		}
		return w.enqueueIn(tx, "A1", app.KindEmail, "123456", codes...)
	}))
	want := slices.Concat(codes, notices)
	sendCode(w) // a commit wakes the worker
	p.until(t, "notice29")
	close(p.let)
	w.ok(w.Close())
	got := []string{}
	for _, m := range p.arrived {
		if slices.Contains(want, m.To) {
			got = append(got, m.To)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("arrived as %v", got)
	}
}
