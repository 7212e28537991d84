package worker

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/backend/core"
)

// keepFor is how long what is over is kept for support before it is deleted.
const keepFor = time.Hour

// keepTokens is how long administrators see a token for scripts that has ended.
const keepTokens = 90 * 24 * time.Hour

// keepOfNobody is how long a help request stays open whose user ID nobody has: who is somebody will have called by then.
const keepOfNobody = 7 * 24 * time.Hour

// Sweep looks whether somebody changed the store, ends flows that took too long, learns what came of unconfirmed password
// writes, and deletes what is over: old flows, sessions, passes, tokens, counters and delivered messages. Then it signs the audit trail's head, if the newest one is an
// hour old.
func (w *Worker) Sweep(ctx context.Context) error {
	if err := w.core.CheckStore(ctx); err != nil {
		return err
	}
	if err := w.resume(ctx); err != nil {
		return err
	}
	if err := w.clear(ctx); err != nil {
		return err
	}
	if err := w.clearCounters(ctx); err != nil {
		return err
	}
	if err := w.core.WriteRefusals(ctx, false); err != nil {
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
			tx.DropFlows, tx.DropSessions, tx.DropOutbox, tx.DropPasses, tx.DropFormerChannels, tx.DropObjections,
		} {
			if _, err := drop(now.Add(-keepFor)); err != nil {
				return err
			}
		}
		if _, err := tx.DropTokens(now.Add(-keepTokens)); err != nil {
			return err
		}
		_, err := tx.DropOfNobody(now.Add(-keepOfNobody))
		return err
	})
}

// expiredAtOnce is how many counters are dropped in a transaction, so that nobody waits long for it.
const expiredAtOnce = 1000

// clearCounters drops what counts nothing any more.
func (w *Worker) clearCounters(ctx context.Context) error {
	for now := w.core.Now(); ; {
		var keys []string
		err := w.core.View(ctx, func(tx *core.Tx) (err error) {
			keys, err = tx.ExpiredCounters(now, expiredAtOnce)
			return err
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		err = w.core.Update(ctx, func(tx *core.Tx) error {
			_, err := tx.DropCounters(keys, now)
			return err
		})
		if err != nil || len(keys) < expiredAtOnce {
			return err
		}
	}
}
