package worker

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// A text or a call whose answer was lost, or whose sender died, may have been taken, and another try costs what another message does. It is
// counted when that try comes, once, and not before: a receipt may say meanwhile that there is no need of one.

// mostPostponed bounds how many messages a lease passes over since the budgets leave no second one of them.
const mostPostponed = 64

// lease leases the next message that may be sent.
func (w *Worker) lease(tx *core.Tx, l *lanes) ([]port.OutboxRecord, error) {
	for range mostPostponed {
		now := w.core.Now()
		leased, err := tx.Lease(port.Lease{Now: now, Until: now.Add(leaseTime), N: 1, PerAccount: perAccount, Channels: l.channels})
		if err != nil || len(leased) == 0 || !leased[0].Uncounted {
			return leased, err
		}
		if may, err := w.countAgain(tx, &leased[0]); may || err != nil {
			return leased, err
		}
	}
	w.look() // there may be more
	return nil, nil
}

// countAgain takes a message that is sent again from the budgets of texts and calls, and reports whether it may go. Where they are used up
// it waits until they open, and a code that ends before that is given up. What has no point any more is not sent, and costs nothing.
func (w *Worker) countAgain(tx *core.Tx, r *port.OutboxRecord) (may bool, err error) {
	op, release := w.core.Begin(context.Background())
	defer release()
	if _, why := w.timeLeft(*r); why != "" || r.Message.To == "" { // nothing has cost anything that goes to nobody, or only to the directory
		return true, nil
	}
	if why, err := w.flows.PointlessIn(op, tx, *r); why != "" || err != nil {
		return true, err
	}
	opens, err := op.TakeSend(tx, r.Account, r.Message)
	if err != nil {
		return false, err
	}
	if opens.IsZero() {
		r.Uncounted = false
		return true, tx.PutOutbox(*r)
	}
	r.Leased, r.Due = time.Time{}, opens
	if !r.Expires.IsZero() && !opens.Before(r.Expires) {
		r.Failed = w.core.Now()
		if err := tx.LogMessage(core.MessageFailed, *r, port.Attempt{Outcome: tooMany}); err != nil {
			return false, err
		}
		r.Forget()
		w.core.Log.Warn("a message was given up", "message", r.ID, "template", r.Message.Template, "attempts", r.Attempts)
	}
	return false, tx.PutOutbox(*r)
}
