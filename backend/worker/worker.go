// Package worker is what goes on by itself: it carries the outbox out, sweeps what is over, learns what came of password
// writes that were not confirmed, and takes up what is applied as policy.
package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/flow"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	leaseTime   = 30 * time.Second
	patience    = time.Second / 4  // of what records how a message went
	deliverTime = 20 * time.Second // bounds one delivery
	recordTime  = 5 * time.Second  // is left of the lease then, to record how it went
	giveUpAfter = 24 * time.Hour
	unaddressed = 7 * 24 * time.Hour // a message waits so long for a directory that has its address
	firstRetry  = time.Second
	lastRetry   = 15 * time.Minute
	sweepEvery  = time.Minute
)

// Worker does what goes on by itself.
type Worker struct {
	core  *core.Core
	flows *flow.Flows
	lanes []*lanes
	wake  <-chan struct{} // something was put into the outbox
	again chan struct{}   // something in the outbox is due at another time
	stop  context.CancelFunc

	out      out // with a provider, or not recorded yet
	settling sync.WaitGroup
	running  context.Context // of what goes on by itself; nil before it is started
	done     sync.WaitGroup

	reloading sync.Mutex // guards the next two
	file      retryMemo  // what the policy's file said
	newest    retryMemo  // the newest version of the policy
}

// New makes a worker; what is sent on wake tells it that a message waits in the outbox.
func New(c *core.Core, flows *flow.Flows, wake <-chan struct{}) *Worker {
	return &Worker{core: c, flows: flows, lanes: everyLane(), wake: wake, again: make(chan struct{}, 1)}
}

// StartWorker signs the audit trail's head, puts the policy in force, learns what came of unconfirmed password writes, and
// sets the worker going that carries messages out, sweeps, and takes up what is applied as policy. It returns when the
// worker runs; Close, or the end of ctx, stops it.
func (w *Worker) StartWorker(ctx context.Context) error {
	if err := w.core.SignLast(ctx); err != nil {
		return err
	}
	if err := w.found(ctx); err != nil {
		return err
	}
	if err := w.Reload(ctx); err != nil {
		return err
	}
	if w.core.PolicyVersion() == 0 {
		return errors.New("backend: no version of the policy can be used")
	}
	if err := w.resume(ctx); err != nil {
		return err
	}
	ctx, w.stop = context.WithCancel(ctx)
	w.running = ctx
	w.core.CarryBy(w)
	w.done.Go(func() { w.work(ctx) })
	w.done.Go(func() { w.watch(ctx) })
	return nil
}

// Close has what was updated ahead flushed, stops the worker, waits for it, writes the counts of refusals, signs the audit trail's last head, and closes what the policy had open. The store
// stays open.
func (w *Worker) Close() error {
	w.core.Flush()
	if w.stop == nil {
		return errors.Join(w.core.WriteRefusals(context.Background(), true), w.core.ClosePolicy())
	}
	w.core.CarryBy(nil)
	w.stop()
	w.done.Wait()
	for _, l := range w.lanes {
		l.close()
	}
	w.settling.Wait()
	written := w.core.WriteRefusals(context.Background(), true)
	return errors.Join(written, w.core.SignLast(context.Background()), w.core.ClosePolicy())
}

// resume learns what came of what was not confirmed.
func (w *Worker) resume(ctx context.Context) error {
	op, release := w.core.Begin(ctx)
	defer release()
	return w.flows.Resume(ctx, op)
}

// work delivers after each commit that queued a message and when the next one is due, and sweeps now and then.
func (w *Worker) work(ctx context.Context) {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			if err := w.Sweep(ctx); err != nil && ctx.Err() == nil {
				w.core.Log.Error("the sweep failed", "error", err)
			}
			continue
		case <-w.wake:
		case <-w.again:
		case <-due.C:
		}
		due.Reset(w.deliverDue(ctx))
	}
}

// look has the worker look when the next message is due.
func (w *Worker) look() {
	select {
	case w.again <- struct{}{}:
	default: // it will
	}
}

// shortWait is how soon the outbox is looked at again, where messages are due and every lane is taken.
const shortWait = time.Second / 4

// deliverDue has what is due carried out, and says how long to wait for the next. It waits for no delivery.
func (w *Worker) deliverDue(ctx context.Context) time.Duration {
	var trouble error
	for _, l := range w.lanes {
		trouble = errors.Join(trouble, l.trouble())
	}
	w.openLanes(ctx)
	if trouble != nil { // which was logged
		return lastRetry / 60
	}
	var next time.Time
	err := w.core.View(ctx, func(tx *core.Tx) (err error) {
		next, err = tx.NextDue()
		return err
	})
	switch {
	case errors.Is(err, port.ErrNotFound):
		return sweepEvery
	case err != nil:
		if ctx.Err() == nil {
			w.core.Log.Error("the outbox failed", "error", err)
		}
		return lastRetry / 60
	}
	return max(next.Sub(w.core.Now()), shortWait)
}
