package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// BenchmarkLease leases one message out of many that wait, of one account or of one each.
func BenchmarkLease(b *testing.B) {
	for name, account := range map[string]func(i int) app.AccountID{
		"one account":     func(int) app.AccountID { return "A" },
		"an account each": func(i int) app.AccountID { return app.AccountID(fmt.Sprint("A", i)) },
	} {
		b.Run(name, func(b *testing.B) {
			s := fresh(b)
			now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
			err := s.Update(b.Context(), func(tx port.Tx) error {
				for i := range 5000 {
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
			for b.Loop() {
				err := s.Update(b.Context(), func(tx port.Tx) error {
					l := port.Lease{Now: now, Until: now.Add(-time.Second), N: 1, PerAccount: 1, Channels: []app.Kind{app.KindEmail, ""}}
					leased, err := tx.Lease(l)
					if err == nil && len(leased) != 1 {
						return fmt.Errorf("leased %d", len(leased))
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
