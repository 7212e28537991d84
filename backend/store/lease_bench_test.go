package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// BenchmarkLease leases one message out of many that wait, of one account or of one each, as after a relay was away for long: it costs the
// same, however many.
func BenchmarkLease(b *testing.B) {
	for name, account := range map[string]func(i int) app.AccountID{
		"one account":     func(int) app.AccountID { return "A" },
		"an account each": func(i int) app.AccountID { return app.AccountID(fmt.Sprint("A", i)) },
	} {
		for _, many := range []int{500, 5_000, 50_000} {
			b.Run(fmt.Sprint(name, "/", many), func(b *testing.B) { leases(b, many, account) })
		}
	}
}

func leases(b *testing.B, many int, account func(i int) app.AccountID) {
	s := fresh(b)
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	lease := func() {
		err := s.Update(b.Context(), func(tx port.Tx) error {
			l := port.Lease{Now: now, Until: now.Add(-time.Second), N: 1, PerAccount: 1, Channels: []app.Kind{app.KindEmail, ""}}
			leased, err := tx.Lease(l)
			if err == nil && len(leased) != 1 {
				return fmt.Errorf("leased %d", len(leased))
			}
			if err == nil {
				_, err = tx.NextDue()
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	err := s.Update(b.Context(), func(tx port.Tx) error {
		for i := range many {
			r := port.OutboxRecord{ID: fmt.Sprint(i), Account: account(i), Due: now, Message: app.Message{Channel: app.KindEmail}}
			if err := tx.Enqueue(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	lease() // the first one brings them all in
	first := time.Since(begun)
	for b.Loop() {
		lease()
	}
	b.ReportMetric(float64(first.Milliseconds()), "first-ms")
}
