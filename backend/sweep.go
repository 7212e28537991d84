package backend

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// keepFor is how long what is over is kept for support before it is deleted.
const keepFor = time.Hour

// Sweep ends flows that took too long, learns what came of unconfirmed password writes, and deletes what is over: old
// flows, sessions, passes, counters and delivered messages. Then it signs the audit trail's head, if the newest one is an
// hour old.
func (b *Backend) Sweep(ctx context.Context) error {
	b, leave := b.enter()
	defer leave()
	if err := b.resume(ctx); err != nil {
		return err
	}
	if err := b.clear(ctx); err != nil {
		return err
	}
	return b.signDue(ctx)
}

func (b *Backend) clear(ctx context.Context) error {
	return b.update(ctx, func(tx *tx) error {
		now := b.now()
		if err := b.abandon(tx, now); err != nil {
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

// abandon ends the flows that took too long, and says so in the audit trail.
func (b *Backend) abandon(tx *tx, now time.Time) error {
	expired, err := tx.ExpiredFlows(now)
	if err != nil {
		return err
	}
	for _, rec := range expired {
		s, err := decodeState(rec.State)
		if err != nil {
			return err
		}
		rec.Ended = now
		if err := tx.PutFlow(rec); err != nil {
			return err
		}
		if s.At == atSignedIn || s.At == atBlocked { // it came to its end; nobody gave up
			continue
		}
		if err := b.log(tx, port.AuditEntry{
			Action:  string(rec.Purpose) + ".end",
			Result:  resultAbandoned,
			Account: string(rec.Account),
			Flow:    string(rec.ID),
			Support: rec.Support,
			Station: rec.OriginStn,
			Network: rec.OriginNet,
		}); err != nil {
			return err
		}
	}
	return nil
}
