package backend_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// headList is a port.Heads that remembers.
type headList struct {
	mu   sync.Mutex
	seqs []int64
	fail error
}

func (h *headList) Sign(last port.AuditEntry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seqs = append(h.seqs, last.Seq)
	return h.fail
}

func TestHeadsAreSignedAtTheStartEveryHundredAndAtTheEnd(t *testing.T) {
	w, heads := newWorld(t), &headList{}
	w.config.Heads = heads
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	for range 249 { // the policy that came with the program has the first entry
		_ = w.Cancel(t.Context(), "F-nobody") // leaves one entry
	}
	w.ok(w.Close())
	if want := []int64{0, 1, 100, 200, 250}; !slices.Equal(heads.seqs, want) {
		t.Errorf("heads at %v, want %v", heads.seqs, want)
	}
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	w.ok(w.Close())
	if want := []int64{0, 1, 100, 200, 250, 250, 250}; !slices.Equal(heads.seqs, want) {
		t.Errorf("after a restart: heads at %v, want %v", heads.seqs, want)
	}
}

func TestAHeadIsSignedAfterAnHourWithFewEntries(t *testing.T) {
	w, heads := newWorld(t), &headList{}
	w.config.Heads = heads
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	defer w.Close()
	sweepAfter := func(wait time.Duration) {
		w.clock.pass(wait)
		w.ok(w.Sweep(t.Context()))
	}
	_ = w.Cancel(t.Context(), "F-nobody")
	sweepAfter(59 * time.Minute)
	if want := []int64{0, 1}; !slices.Equal(heads.seqs, want) {
		t.Errorf("before the hour: heads at %v, want %v", heads.seqs, want)
	}
	sweepAfter(time.Minute)
	sweepAfter(time.Hour) // nothing came since
	if want := []int64{0, 1, 2}; !slices.Equal(heads.seqs, want) {
		t.Errorf("heads at %v, want %v", heads.seqs, want)
	}
}

// TestWhatIsRolledBackIsNotSigned: a head that names an entry which never came to be would accuse an honest trail.
func TestWhatIsRolledBackIsNotSigned(t *testing.T) {
	w, heads := newWorld(t), &headList{}
	failing := &failingCommits{Store: w.config.Store}
	w.config.Heads, w.config.Store = heads, failing
	w.restart()
	for range 99 {
		_ = w.Cancel(t.Context(), "F-nobody")
	}
	failing.err = errors.New("the disk is full")
	_ = w.Cancel(t.Context(), "F-nobody")
	if len(heads.seqs) != 0 {
		t.Fatalf("heads at %v, and entry 100 is not in the store", heads.seqs)
	}
	failing.err = nil
	_ = w.Cancel(t.Context(), "F-nobody")
	if want := []int64{100}; !slices.Equal(heads.seqs, want) {
		t.Errorf("heads at %v, want %v", heads.seqs, want)
	}
}

// failingCommits fails when everything was done.
type failingCommits struct {
	port.Store
	err error
}

func (s *failingCommits) Update(ctx context.Context, f func(port.Tx) error) error {
	return s.Store.Update(ctx, func(tx port.Tx) error { return errors.Join(f(tx), s.err) })
}

func TestAHeadThatCantBeKeptStopsNobody(t *testing.T) {
	w := newWorld(t)
	w.config.Heads = &headList{fail: errors.New("the disk is full")}
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	w.start(app.PurposeReset, app.Caller{Role: app.RoleAnyone})
	w.ok(w.Close())
}
