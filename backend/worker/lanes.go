package worker

import (
	"context"
	"sync"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// Messages go out by lanes: so many at once for each channel, so that one provider that is slow holds up its own channel
// at most. A lane carries one message after the other, and opens another lane as long as messages wait. An account has
// one code and one notice on its way by a channel: its messages keep their order, and a hundred of them leave the other
// lanes free.

// mostLanes is how many deliveries of a channel go on at once.
const mostLanes = 8

// perAccount is how many codes, and how many notices, of one account are on their way by one channel.
const perAccount = 1

// lanes are those of one channel.
type lanes struct {
	channels []app.Kind

	mu    sync.Mutex
	idle  *sync.Cond // none runs
	open  int
	calls int // how often messages may have become due
	err   error
}

func newLanes(channels ...app.Kind) *lanes {
	l := &lanes{channels: channels}
	l.idle = sync.NewCond(&l.mu)
	return l
}

// everyLane has a row for each channel; mail's has what was queued before channels were noted.
func everyLane() []*lanes {
	return []*lanes{newLanes(app.KindEmail, ""), newLanes(app.KindSMS), newLanes(app.KindVoice)}
}

// enter opens one more lane, if there may be one; what begins it was called for where due.
func (l *lanes) enter(due bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if due {
		l.calls++
	}
	if l.open >= mostLanes {
		return false
	}
	l.open++
	return true
}

func (l *lanes) called() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

// leave closes a lane, unless messages may have become due since the call that it has seen.
func (l *lanes) leave(seen int, err error) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && seen != l.calls {
		return false
	}
	if l.err == nil {
		l.err = err
	}
	l.open--
	if l.open == 0 {
		l.idle.Broadcast()
	}
	return true
}

// trouble gives what went wrong on a lane since it was asked last.
func (l *lanes) trouble() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.err
	l.err = nil
	return err
}

// wait waits until no lane is open, and gives what went wrong on one.
func (l *lanes) wait() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.open > 0 {
		l.idle.Wait()
	}
	err := l.err
	l.err = nil
	return err
}

// openLane begins a lane in its own goroutine, if there may be one more.
func (w *Worker) openLane(ctx context.Context, l *lanes, due bool) {
	if l.enter(due) {
		go w.carry(ctx, l)
	}
}

// carried is a message that was carried out, or not.
type carried struct {
	record  port.OutboxRecord
	outcome error
}

// carry carries one message after the other. How one went is recorded in the transaction that leases the next.
func (w *Worker) carry(ctx context.Context, l *lanes) {
	var before *carried
	for {
		seen := l.called()
		r, err := w.next(ctx, l, before)
		before = nil
		if err == nil && r != nil {
			w.openLane(ctx, l, false)
			if before, err = w.deliver(ctx, *r); err == nil {
				continue
			}
		}
		if err != nil && ctx.Err() == nil {
			w.core.Log.Error("the outbox failed", "error", err)
		}
		if l.leave(seen, err) {
			return
		}
	}
}

// next records how the message before went, and leases the next one; nil for none.
func (w *Worker) next(ctx context.Context, l *lanes, before *carried) (r *port.OutboxRecord, err error) {
	err = w.core.Update(ctx, func(tx *core.Tx) error {
		r = nil
		if before != nil {
			if err := w.settle(tx, before.record, before.outcome); err != nil {
				return err
			}
		}
		now := w.core.Now()
		leased, err := tx.Lease(port.Lease{Now: now, Until: now.Add(leaseTime), N: 1, PerAccount: perAccount, Channels: l.channels})
		if len(leased) == 1 {
			r = &leased[0]
		}
		return err
	})
	if before != nil && before.outcome != nil {
		w.look() // it is due again some time
	}
	return r, err
}
