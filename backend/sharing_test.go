package backend_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
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

// behind is a store whose transactions come behind others' in a commit.
type behind struct {
	port.Store
	round int64
}

type behindTx struct {
	port.Tx
	round int64
}

func (t behindTx) Round() (int64, bool) { return t.round, false }

func (s *behind) Update(ctx context.Context, f func(port.Tx) error) error {
	return s.Store.Update(ctx, func(tx port.Tx) error { return f(behindTx{tx, s.round}) })
}

// TestTheTrailGoesOnBehindOthers: in a commit that begins with what is no operation, an operation goes on from where another
// process left the trail, and not from where the commit before did.
func TestTheTrailGoesOnBehindOthers(t *testing.T) {
	w := newWorld(t)
	other := w.another(w.post)
	s := &behind{w.config.Store, 1}
	w.config.Store = s
	w.restart()
	for range 3 {
		for _, b := range []*backend.Backend{w.Backend, w.Backend, other} {
			ctx := app.WithCaller(t.Context(), app.Caller{Origin: here})
			if _, err := b.Start(ctx, app.Start{Purpose: app.PurposeReset, Key: w.key()}); err != nil {
				t.Errorf("in commit %d: %v", s.round, err)
			}
		}
		s.round++
	}
	if err := audit.Verify(port.AuditEntry{}, w.trail()); err != nil {
		t.Error(err)
	}
}
