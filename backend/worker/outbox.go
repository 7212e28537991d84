package worker

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// Deliver carries out every message that is due, once, and returns when that is done. A message is leased before and marked
// afterwards: after a crash in between it goes out again.
func (w *Worker) Deliver(ctx context.Context) error {
	w.openLanes(ctx)
	var errs []error
	for _, l := range w.lanes {
		errs = append(errs, l.wait())
	}
	return errors.Join(errs...)
}

// openLanes has what is due carried out.
func (w *Worker) openLanes(ctx context.Context) {
	for _, l := range w.lanes {
		w.openLane(ctx, l, true)
	}
}

// deliver carries one message out, and says how it went; an error where it is not known.
func (w *Worker) deliver(ctx context.Context, r port.OutboxRecord) (*carried, error) {
	if r.Message.For != "" {
		return w.address(ctx, r)
	}
	if r.Message.To == "" { // it stands for one: nobody can tell by the time that there was none
		return &carried{record: r}, nil
	}
	left, why := w.timeLeft(r)
	if why == "" {
		why = w.pointless(ctx, r)
	}
	if why != "" {
		return &carried{record: r, outcome: port.ErrUndeliverable, attempts: []port.Attempt{{Outcome: why}}}, nil
	}
	w.out.enter(r)
	done := carried{record: r}
	timed, cancel := context.WithTimeout(ctx, left)
	timed = port.WithAttempts(timed, func(a port.Attempt) {
		done.attempts = append(done.attempts, a)
		w.out.asked(a.Provider, r.Message.Channel)
	})
	done.outcome = w.core.Deliverer.Deliver(timed, r.Message)
	cancel()
	if done.outcome != nil && ctx.Err() != nil {
		w.out.leave(done)
		return nil, ctx.Err() // stopping; the lease runs out
	}
	return &done, nil
}

// What is not even tried.
const (
	expired = "expired"  // the code that it carries is good no more
	tooOld  = "too_old"  // nobody took it for a day
	tooMany = "too_many" // it may have been taken, and the budgets leave no second one
)

// timeLeft is how long delivering a message may take, so that nobody takes a code that is good no more; or why it has no point.
func (w *Worker) timeLeft(r port.OutboxRecord) (left time.Duration, why string) {
	now, by := w.core.Now(), r.Expires
	if r.Message.Channel == app.KindVoice {
		by = port.CallBy(by)
	}
	switch {
	case !now.Before(r.Created.Add(giveUp(r))):
		return 0, tooOld
	case by.IsZero():
		return deliverTime, ""
	case !now.Before(by):
		return 0, expired
	}
	return min(deliverTime, by.Sub(now)), ""
}

// looksAgain is how old a code is before its conversation is asked whether it is still waited for.
const looksAgain = time.Second

// pointless says why nobody waits for a code any more that was not sent at once; empty: somebody does, or nobody can say.
func (w *Worker) pointless(ctx context.Context, r port.OutboxRecord) string {
	if !r.Urgent || r.Attempts == 0 && w.core.Now().Sub(r.Created) < looksAgain {
		return ""
	}
	why, err := w.flows.Pointless(ctx, r.ID)
	if err != nil {
		w.core.Log.Warn("nobody can say whether a code is still waited for", "message", r.ID, "error", err)
	}
	return why
}

// settle records the outcome. What has left, or never will, keeps no content. Where the lease has run out and somebody else has
// taken the message, they record theirs: only that it has left is recorded here.
func (w *Worker) settle(tx *core.Tx, done carried) error {
	leased, outcome := done.record, done.outcome
	r, err := tx.Outbox(leased.ID)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return nil
	case err != nil:
		return err
	case !r.Delivered.IsZero() || !r.Failed.IsZero() || r.Turn != leased.Turn && outcome != nil:
		return nil
	}
	now := w.core.Now()
	r.Leased = time.Time{}
	if errors.Is(outcome, errTooLate) {
		return tx.PutOutbox(r)
	}
	r.Attempts++
	r.Uncounted = errors.Is(outcome, port.ErrUnanswered)
	if err := done.trace(tx, r); err != nil {
		return err
	}
	switch {
	case outcome == nil && r.Message.For != "":
		return w.addressed(tx, r, done.found)
	case outcome == nil:
		r.Delivered = now
		r.Provider, r.Receipt = done.taker()
		r.Forget()
	case errors.Is(outcome, port.ErrUndeliverable):
		r.Failed = now
		r.Forget()
		w.core.Log.Warn("a message was given up", "message", r.ID, "template", r.Message.Template, "attempts", r.Attempts)
	default:
		w.core.Log.Warn("a message could not be delivered", "message", r.ID, "attempts", r.Attempts, "error", outcome)
		r.Due = now.Add(done.wait(r.Attempts))
	}
	return tx.PutOutbox(r)
}

// receiptWait is how long a provider whose answer was lost has to say that it took a message, before another one is asked.
const receiptWait = 8 * time.Second

// wait is until the next try, after so many.
func (c carried) wait(attempts int) time.Duration {
	wait := retryAfter(attempts)
	if n := len(c.attempts); n > 0 && c.attempts[n-1].Awaited {
		return max(wait, receiptWait)
	}
	return wait
}

// taker is who took the message, and under which receipt.
func (c carried) taker() (provider, receipt string) {
	for _, a := range c.attempts {
		if a.Outcome == port.Taken {
			provider, receipt = a.Provider, a.Receipt
		}
	}
	return provider, receipt
}

// retryAfter is the wait after so many attempts: a second, doubled each time, a quarter of an hour at most.
func retryAfter(attempts int) time.Duration {
	if attempts > 10 {
		return lastRetry
	}
	return min(firstRetry<<(attempts-1), lastRetry)
}
