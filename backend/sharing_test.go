package backend_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
)

// TestTheTrailHoldsWhereCommitsAreShared: operations that share a commit each go on from what the one before them appended, also
// behind one that failed; and the process knows the trail as it is afterwards.
func TestTheTrailHoldsWhereCommitsAreShared(t *testing.T) {
	w := newWorld(t)
	failed := errors.New("failed")
	for round := range 3 {
		before := len(w.trail())
		begun, let := make(chan struct{}), make(chan struct{})
		var done sync.WaitGroup
		done.Go(func() { // holds the writer, so that the others wait for each other
			err := w.config.Store.Update(t.Context(), func(port.Tx) error {
				close(begun)
				<-let
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-begun
		for n := range 12 {
			key := app.IdempotencyKey(fmt.Sprintf("shared-%08d-%04d", round, n))
			done.Go(func() {
				ctx := app.WithCaller(t.Context(), app.Caller{Origin: here})
				if _, err := w.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: key}); err != nil {
					t.Errorf("start %d: %v", n, err)
				}
			})
			done.Go(func() {
				err := w.config.Store.Update(t.Context(), func(tx port.Tx) error {
					return errors.Join(tx.PutCounter(port.Counter{Key: string(key), Count: 1}), failed)
				})
				if !errors.Is(err, failed) {
					t.Errorf("failing %d: %v", n, err)
				}
			})
		}
		close(let)
		done.Wait()
		trail := w.trail()
		if len(trail) != before+12 {
			t.Errorf("round %d: %d entries more, not 12", round, len(trail)-before)
		}
		if err := audit.Verify(port.AuditEntry{}, trail); err != nil {
			t.Error(err)
		}
	}
}
