package backend

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	leaseTime   = 30 * time.Second
	deliverTime = 20 * time.Second // bounds one delivery, below the lease
	leaseSize   = 16
	giveUpAfter = 24 * time.Hour
	firstRetry  = time.Second
	lastRetry   = 15 * time.Minute
	sweepEvery  = time.Minute
)

// StartWorker signs the audit trail's head, puts the policy in force, learns what came of unconfirmed password writes, and
// sets the worker going that carries messages out, sweeps, and takes up what is applied as policy. It returns when the
// worker runs; Close, or the end of ctx, stops it.
func (b *Backend) StartWorker(ctx context.Context) error {
	if err := b.signLast(ctx); err != nil {
		return err
	}
	if err := b.found(ctx); err != nil {
		return err
	}
	if err := b.Reload(ctx); err != nil {
		return err
	}
	if b.PolicyVersion() == 0 {
		return errors.New("backend: no version of the policy can be used")
	}
	held, leave := b.enter()
	err := held.resume(ctx)
	leave()
	if err != nil {
		return err
	}
	ctx, b.stop = context.WithCancel(ctx)
	b.done.Go(func() { b.work(ctx) })
	b.done.Go(func() { b.watch(ctx) })
	return nil
}

// Close stops the worker, waits for it, signs the audit trail's last head, and closes what the policy had open. The store
// stays open.
func (b *Backend) Close() error {
	if b.stop == nil {
		return b.policies.replace(nil)
	}
	b.stop()
	b.done.Wait()
	return errors.Join(b.signLast(context.Background()), b.policies.replace(nil))
}

// nudge wakes the worker.
func (b *Backend) nudge() {
	select {
	case b.wake <- struct{}{}:
	default: // it is awake already
	}
}

// work delivers after each commit that queued a message and when the next one is due, and sweeps now and then.
func (b *Backend) work(ctx context.Context) {
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			if err := b.Sweep(ctx); err != nil && ctx.Err() == nil {
				b.c.Log.Error("the sweep failed", "error", err)
			}
			continue
		case <-b.wake:
		case <-due.C:
		}
		due.Reset(b.deliverDue(ctx))
	}
}

// deliverDue carries out what is due and says how long to wait for the next.
func (b *Backend) deliverDue(ctx context.Context) time.Duration {
	err := b.Deliver(ctx)
	var next time.Time
	if err == nil {
		err = b.view(ctx, func(tx *tx) (err error) {
			next, err = tx.NextDue()
			return err
		})
	}
	switch {
	case errors.Is(err, port.ErrNotFound):
		return sweepEvery
	case err != nil:
		if ctx.Err() == nil {
			b.c.Log.Error("the outbox failed", "error", err)
		}
		return lastRetry / 60
	}
	return max(next.Sub(b.now()), time.Millisecond)
}

// Deliver carries out every message that is due, once. A message is leased before and marked afterwards: after a crash
// in between it goes out again.
func (b *Backend) Deliver(ctx context.Context) error {
	for {
		var leased []port.OutboxRecord
		err := b.update(ctx, func(tx *tx) (err error) {
			now := b.now()
			leased, err = tx.Lease(now, now.Add(leaseTime), leaseSize)
			return err
		})
		if err != nil || len(leased) == 0 {
			return err
		}
		for _, r := range leased {
			if err := b.deliver(ctx, r); err != nil {
				return err
			}
		}
	}
}

// deliver carries one message out and records how it went.
func (b *Backend) deliver(ctx context.Context, r port.OutboxRecord) error {
	now := b.now()
	if !now.Before(r.Created.Add(giveUpAfter)) || !r.Expires.IsZero() && now.After(r.Expires) {
		return b.delivered(ctx, r, port.ErrUndeliverable)
	}
	timed, cancel := context.WithTimeout(ctx, deliverTime)
	err := b.c.Deliverer.Deliver(timed, r.Message)
	cancel()
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // stopping; the lease runs out
	}
	return b.delivered(ctx, r, err)
}

// delivered records the outcome. What has left, or never will, keeps no content.
func (b *Backend) delivered(ctx context.Context, r port.OutboxRecord, outcome error) error {
	return b.update(ctx, func(tx *tx) error {
		now := b.now()
		r.Attempts++
		r.Leased = time.Time{}
		switch {
		case outcome == nil:
			r.Delivered = now
			r.Message = app.Message{ID: r.ID}
		case errors.Is(outcome, port.ErrUndeliverable):
			r.Failed = now
			template := r.Message.Template
			r.Message = app.Message{ID: r.ID}
			b.c.Log.Warn("a message was given up", "message", r.ID, "template", template, "attempts", r.Attempts)
			if err := b.log(tx, port.AuditEntry{
				Action: "outbox.failed", Result: resultFailed, Account: string(r.Account), Reason: string(template),
			}); err != nil {
				return err
			}
		default:
			b.c.Log.Warn("a message could not be delivered", "message", r.ID, "attempts", r.Attempts, "error", outcome)
			r.Due = now.Add(retryAfter(r.Attempts))
		}
		return tx.PutOutbox(r)
	})
}

// retryAfter is the wait after so many attempts: a second, doubled each time, a quarter of an hour at most.
func retryAfter(attempts int) time.Duration {
	if attempts > 10 {
		return lastRetry
	}
	return min(firstRetry<<(attempts-1), lastRetry)
}
