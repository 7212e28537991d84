package worker

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// How the directory is called where it was asked for a message's address, and what comes of that where it does not answer.
const (
	directory   = "directory"
	unavailable = "unavailable"
)

// giveUp is after how long a message is given up.
func giveUp(r port.OutboxRecord) time.Duration {
	if r.Message.For != "" {
		return unaddressed
	}
	return giveUpAfter
}

// address asks the directory where a message goes, and says how that went; an error where it is not known.
func (w *Worker) address(ctx context.Context, r port.OutboxRecord) (*carried, error) {
	done := carried{record: r}
	left, why := w.timeLeft(r)
	if why != "" {
		done.outcome, done.attempts = port.ErrUndeliverable, []port.Attempt{{Outcome: why}}
		return &done, nil
	}
	timed, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	if done.found, done.outcome = w.core.Address(timed, r.Message.For, r.Account); done.outcome != nil {
		done.attempts = []port.Attempt{{Provider: directory, Outcome: unavailable}}
	}
	if done.outcome != nil && ctx.Err() != nil {
		return nil, ctx.Err() // stopping; the lease runs out
	}
	return &done, nil
}

// addressed makes a mail of a message whose address was found out, and further ones for further addresses. A request for help that named
// its account by its ID names it by its user ID from then on.
func (w *Worker) addressed(tx *core.Tx, r port.OutboxRecord, found core.Addressed) error {
	if err := w.nameAccount(tx, &r, found.UserID); err != nil {
		return err
	}
	now := w.core.Now()
	if len(found.To) == 0 {
		r.Delivered = now
		r.Forget()
		return tx.PutOutbox(r)
	}
	r.Message.For, r.Message.Channel = "", app.KindEmail
	for _, to := range found.To[1:] {
		m := r.Message
		m.To = to
		if err := tx.EnqueueMessage(r.Account, m, time.Time{}); err != nil {
			return err
		}
	}
	r.Message.To, r.Created, r.Due, r.Attempts = found.To[0], now, now, 0
	return tx.PutOutbox(r)
}

// nameAccount gives a message, and the request for help that is open, the user ID of an account in place of its ID.
func (w *Worker) nameAccount(tx *core.Tx, r *port.OutboxRecord, userID string) error {
	id := string(r.Account)
	if userID == "" {
		return nil
	}
	if r.Message.Params["user_id"] == id {
		r.Message.Params = maps.Clone(r.Message.Params)
		r.Message.Params["user_id"] = userID
	}
	asked, err := tx.OpenHelpRequest(r.Account)
	if errors.Is(err, port.ErrNotFound) || err == nil && asked.UserID != id {
		return nil
	}
	if err != nil {
		return err
	}
	asked.UserID = userID
	return tx.PutHelpRequest(asked)
}
