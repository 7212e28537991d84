package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// openLane begins a lane in its own goroutine, if there may be one more.
func (w *Worker) openLane(ctx context.Context, l *lanes, due bool) {
	if l.enter(due) {
		go w.carry(ctx, l, neverLooked)
	}
}

// neverLooked is the number of no call.
const neverLooked = -1

// carry carries one message after the other: what was handed over, and what is leased, where messages may have become due since
// the call at which the outbox was looked at. Codes that were handed over and the outbox take turns; notices that were handed over
// come last.
func (w *Worker) carry(ctx context.Context, l *lanes, looked int) {
	var before []carried
	turn := true // of what was handed over
	for {
		seen := l.called()
		due := seen != looked || len(before) > 0
		var all []port.OutboxRecord
		var err error
		if turn || !due {
			all = l.take(due)
		}
		switch turn = true; {
		case all != nil:
			if turn = false; len(before) > 0 {
				looked = neverLooked
			}
			before, err = w.carryHanded(ctx, l, before, all)
		case due:
			all, before, err = w.carryDue(ctx, l, before)
			looked = seen
		}
		if err == nil && len(all) > 0 {
			continue
		}
		if err != nil && ctx.Err() == nil {
			w.core.Log.Error("the outbox failed", "error", err)
		}
		if l.leave(seen, err) {
			return
		}
	}
}

// carryHanded carries out what was handed over. What comes back is to be recorded before a notice is next: there may be a code
// behind it in the outbox.
func (w *Worker) carryHanded(ctx context.Context, l *lanes, before []carried, all []port.OutboxRecord) (done []carried, err error) {
	w.settleBeside(ctx, before) // its lease would not outlast these
	done, err = w.deliverAll(ctx, all)
	if err == nil && all[0].Urgent && l.noticesWait() {
		return done, nil
	}
	w.settleBeside(ctx, done)
	return nil, err
}

// carryDue records how the messages before went, and carries out what is leased then.
func (w *Worker) carryDue(ctx context.Context, l *lanes, before []carried) (all []port.OutboxRecord, done []carried, err error) {
	if all, err = w.next(ctx, l, before); err != nil {
		w.settleBeside(ctx, before)
		return nil, nil, err
	}
	if len(all) > 0 {
		w.openLane(ctx, l, false)
		done, err = w.deliverAll(ctx, all)
	}
	return all, done, err
}

// carried is a message that was carried out, or not.
type carried struct {
	record   port.OutboxRecord
	outcome  error
	attempts []port.Attempt // of providers, in their order
	found    core.Addressed // where it goes, if that was to be found out
}

// settleBeside records how messages went, while the lane goes on.
func (w *Worker) settleBeside(ctx context.Context, all []carried) {
	if len(all) > 0 {
		w.settling.Go(func() { w.settleLate(ctx, all) })
	}
}

// errTooLate says that a message's turn came when its lease had nearly run out.
var errTooLate = errors.New("the lease has nearly run out")

// again reports whether the message is due again.
func (c carried) again() bool { return c.outcome != nil || c.record.Message.For != "" }

// deliverAll carries out what is leased, and says how it went.
func (w *Worker) deliverAll(ctx context.Context, leased []port.OutboxRecord) (all []carried, err error) {
	for _, r := range leased {
		if r.Leased.Sub(w.core.Now()) < deliverTime+recordTime {
			all = append(all, carried{record: r, outcome: errTooLate})
			continue
		}
		outcome, err := w.deliver(ctx, r)
		if err != nil {
			return all, err
		}
		all = append(all, *outcome)
	}
	return all, nil
}

// next records how the messages before went, and leases the next one.
func (w *Worker) next(ctx context.Context, l *lanes, before []carried) (leased []port.OutboxRecord, err error) {
	written := ctx
	if len(before) > 0 { // how they went is known now, and they would go out again
		written = context.WithoutCancel(ctx)
	}
	err = w.core.Update(written, func(tx *core.Tx) error {
		leased = nil
		if err := w.settleAll(tx, before); err != nil || ctx.Err() != nil {
			return err
		}
		leased, err = w.lease(tx, l)
		return err
	})
	if err == nil {
		w.out.leave(before...)
	}
	if slices.ContainsFunc(before, carried.again) {
		w.look()
	}
	return leased, err
}

// settleLate records how messages went, and tries again as long as they are leased: somebody else's part may have made the
// commit fail.
func (w *Worker) settleLate(ctx context.Context, before []carried) {
	defer w.out.leave(before...)
	for wait := patience; ; wait *= 2 {
		err := w.settleOnce(ctx, before)
		if err == nil {
			return
		}
		w.core.Log.Error("the outbox failed", "error", err)
		again := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-again.C:
		}
		again.Stop()
		if ctx.Err() != nil || !w.core.Now().Before(before[0].record.Leased) {
			return
		}
	}
}

// settleOnce records how messages went with what is written next, and looks whether one waited behind them.
func (w *Worker) settleOnce(ctx context.Context, before []carried) error {
	var next time.Time
	err := w.core.Join(ctx, patience, func(tx *core.Tx) (err error) {
		if err := w.settleAll(tx, before); err != nil {
			return err
		}
		if next, err = tx.NextDue(); errors.Is(err, port.ErrNotFound) {
			next, err = w.core.Now().Add(sweepEvery), nil
		}
		return err
	})
	if err == nil && (!next.After(w.core.Now()) || slices.ContainsFunc(before, carried.again)) {
		w.look()
	}
	return err
}

func (w *Worker) settleAll(tx *core.Tx, all []carried) error {
	for _, c := range all {
		if err := w.settle(tx, c); err != nil {
			return err
		}
	}
	return nil
}
