package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func enqueue(tx port.Tx, r port.OutboxRecord) error { return tx.Enqueue(r) }

func lease(t *testing.T, s port.Store, at time.Time, n int) []port.OutboxRecord {
	t.Helper()
	return leaseOf(t, s, port.Lease{Now: at, Until: at.Add(time.Minute), N: n})
}

func leaseOf(t *testing.T, s port.Store, l port.Lease) []port.OutboxRecord {
	t.Helper()
	return change(t, s, func(tx port.Tx) ([]port.OutboxRecord, error) { return tx.Lease(l) })
}

func messages(all []port.OutboxRecord) []string {
	var list []string
	for _, r := range all {
		list = append(list, r.ID)
	}
	return list
}

func testOutbox(t *testing.T, s port.Store) {
	want := port.OutboxRecord{
		ID: "M1", Account: "A1", Created: now, Due: later(-1), Expires: later(5), Leased: later(-1), Attempts: 2, Urgent: true,
		Message: app.Message{
			ID: "M1", Channel: app.KindEmail, To: "ana@home.example", Template: app.MessageCode, Code: "012345",
			Params: map[string]string{"minutes": "5"}, At: now,
		},
	}
	puts(t, s, enqueue, want)
	err := s.Update(t.Context(), func(tx port.Tx) error { return tx.Enqueue(want) })
	if app.CodeOf(err) != app.CodeInternal {
		t.Errorf("the same message twice: %v, want a refusal", err)
	}
	got := lease(t, s, now, 9)
	want.Leased, want.Turn = later(1), later(1).UnixMicro() // turns are numbered by the time
	want.Uncounted = true                                   // its lease had run out
	same(t, "message", got, []port.OutboxRecord{want})
	want.Attempts, want.Delivered, want.Uncounted = 3, later(2), false
	puts(t, s, func(tx port.Tx, r port.OutboxRecord) error { return tx.PutOutbox(r) }, want)
	same(t, "delivered: to lease", len(lease(t, s, later(9), 9)), 0)
	byID := func(id string) (r port.OutboxRecord, err error) {
		err = s.View(t.Context(), func(tx port.Tx) (err error) {
			r, err = tx.Outbox(id)
			return err
		})
		return r, err
	}
	if found, err := byID("M1"); err != nil {
		t.Error(err)
	} else {
		same(t, "by its ID", found, want)
	}
	if _, err := byID("M2"); !errors.Is(err, port.ErrNotFound) {
		t.Errorf("no message: %v", err)
	}
	drop := func(at int) int {
		return change(t, s, func(tx port.Tx) (int, error) { return tx.DropOutbox(later(at)) })
	}
	same(t, "dropped at the edge", drop(2), 0)
	same(t, "dropped", drop(3), 1)
}

func testReceipt(t *testing.T, s port.Store) {
	of := func(provider, receipt string) func(port.Tx) (port.OutboxRecord, error) {
		return func(tx port.Tx) (port.OutboxRecord, error) { return tx.OutboxByReceipt(provider, receipt) }
	}
	missing(t, s, "no message", of("gateway", "R1"))
	old := port.OutboxRecord{ID: "old", Provider: "gateway", Receipt: "R1", Created: later(-9), Delivered: later(-8)}
	want := port.OutboxRecord{ID: "new", Provider: "gateway", Receipt: "R1", Flow: "F1", Created: later(-2), Delivered: later(-1), Arrived: now}
	puts(t, s, enqueue, want, old, port.OutboxRecord{ID: "other", Provider: "relay", Receipt: "R1", Undelivered: later(1), Delivered: now},
		port.OutboxRecord{ID: "waits", Account: "A1", Created: later(2)}, port.OutboxRecord{ID: "first", Account: "A1", Created: later(1)},
		port.OutboxRecord{ID: "failed", Account: "A1", Failed: now}, port.OutboxRecord{ID: "delivered", Account: "A1", Delivered: now})
	same(t, "the newest of its provider", get(t, s, of("gateway", "R1")), want)
	same(t, "another provider's", get(t, s, of("relay", "R1")).Undelivered, later(1))
	missing(t, s, "another receipt", of("gateway", "R2"))
	missing(t, s, "no receipt", of("", ""))
	waiting := get(t, s, func(tx port.Tx) ([]port.OutboxRecord, error) { return tx.WaitingOutbox("A1") })
	same(t, "what waits", messages(waiting), []string{"first", "waits"})
}

func testLease(t *testing.T, s port.Store) {
	puts(t, s, enqueue,
		port.OutboxRecord{ID: "third", Due: later(-1)}, port.OutboxRecord{ID: "first", Due: later(-3)},
		port.OutboxRecord{ID: "second", Due: later(-2), Expires: later(-1)}, port.OutboxRecord{ID: "edge", Due: now},
		port.OutboxRecord{ID: "early", Due: later(2)}, port.OutboxRecord{ID: "leased", Leased: later(2)},
		port.OutboxRecord{ID: "failed", Failed: later(-1)}, port.OutboxRecord{ID: "delivered", Delivered: later(-1)})
	same(t, "the longest due", messages(lease(t, s, now, 2)), []string{"first", "second"})
	same(t, "the rest", messages(lease(t, s, now, 9)), []string{"third", "edge"})
	same(t, "nothing more", len(lease(t, s, now, 9)), 0)
	same(t, "after the leases", messages(lease(t, s, later(1), 9)), []string{"first", "second", "third", "edge"})
	same(t, "later", messages(lease(t, s, later(2), 9)), []string{"leased", "first", "second", "third", "edge", "early"})
	same(t, "dropped, the unsent kept", change(t, s, func(tx port.Tx) (int, error) { return tx.DropOutbox(later(9)) }), 2)
}

func testHurry(t *testing.T, s port.Store) {
	puts(t, s, enqueue, port.OutboxRecord{ID: "due", Due: later(-1)}, port.OutboxRecord{ID: "later", Due: later(9)},
		port.OutboxRecord{ID: "held", Due: later(-3), Leased: later(1)}, port.OutboxRecord{ID: "held for long", Due: later(-2), Leased: later(9)},
		port.OutboxRecord{ID: "delivered", Due: later(9), Delivered: later(-1)})
	hurry := func() int { return change(t, s, func(tx port.Tx) (int, error) { return tx.HurryOutbox(now) }) }
	same(t, "hurried", hurry(), 2)
	same(t, "hurried again", hurry(), 0)
	same(t, "due now", messages(lease(t, s, now, 9)), []string{"held for long", "due", "later"})
}

func testNextDue(t *testing.T, s port.Store) {
	next := func(tx port.Tx) (time.Time, error) { return tx.NextDue() }
	missing(t, s, "empty", next)
	puts(t, s, enqueue, port.OutboxRecord{ID: "failed", Due: later(1), Failed: now},
		port.OutboxRecord{ID: "delivered", Due: later(1), Delivered: now})
	missing(t, s, "nothing waits", next)
	puts(t, s, enqueue, port.OutboxRecord{ID: "leased", Due: later(2), Leased: later(5)})
	same(t, "when the lease runs out", get(t, s, next), later(5))
	puts(t, s, enqueue, port.OutboxRecord{ID: "due", Due: later(4), Leased: later(3)})
	same(t, "when the next is due", get(t, s, next), later(4))
}
