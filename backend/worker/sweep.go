package worker

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/backend/core"
)

// keepFor is how long what is over is kept for support before it is deleted.
const keepFor = time.Hour

// Sweep ends flows that took too long, learns what came of unconfirmed password writes, and deletes what is over: old
// flows, sessions, passes, counters and delivered messages. Then it signs the audit trail's head, if the newest one is an
// hour old.
func (w *Worker) Sweep(ctx context.Context) error {
	if err := w.resume(ctx); err != nil {
		return err
	}
	if err := w.clear(ctx); err != nil {
		return err
	}
	return w.core.SignDue(ctx)
}

func (w *Worker) clear(ctx context.Context) error {
	return w.core.Update(ctx, func(tx *core.Tx) error {
		now := w.core.Now()
		if err := w.flows.Abandon(tx, now, now); err != nil {
			return err
		}
		for _, drop := range []func(time.Time) (int, error){
			tx.DropFlows, tx.DropSessions, tx.DropOutbox, tx.DropPasses,
		} {
			if _, err := drop(now.Add(-keepFor)); err != nil {
				return err
			}
		}
		_, err := tx.DropCounters(now)
		return err
	})
}
