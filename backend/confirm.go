package backend

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// checkAgain reads the directory to learn what came of the write.
func (b *Backend) checkAgain(ctx context.Context, q question) (app.Flow, error) {
	var rec port.FlowRecord
	flow, answered, err := b.reserve(ctx, q, func(t *talk) error {
		rec = t.rec
		return nil
	})
	if answered {
		return flow, err
	}
	o, err := b.reread(ctx, rec)
	if err != nil {
		return b.down(ctx, q, err)
	}
	flow, err = b.commit(ctx, q, func(*talk) error { return nil })
	if err != nil || o.unknown {
		return flow, err
	}
	return b.conclude(context.WithoutCancel(ctx), q, o)
}

// reread compares the directory's stamp with the one from before the write. While this process still waits for the
// write itself, nothing is known.
func (b *Backend) reread(ctx context.Context, rec port.FlowRecord) (outcome, error) {
	if b.writing.has(rec.ID) {
		return outcome{since: rec.PendingSince, unknown: true}, nil
	}
	s, err := decodeState(rec.State)
	if err != nil {
		return outcome{}, err
	}
	account, err := b.account(ctx, rec.Account)
	if err != nil {
		return outcome{}, err
	}
	return outcome{since: rec.PendingSince, written: account.Stamp != s.Stamp}, nil
}

// resume learns what came of every unlock and every write that was not confirmed: after a crash, or when the directory was away.
func (b *Backend) resume(ctx context.Context) error {
	var pending []port.FlowRecord
	err := b.view(ctx, func(tx *tx) (err error) {
		pending, err = tx.PendingFlows()
		return err
	})
	if err != nil {
		return err
	}
	for _, rec := range pending {
		unlocking, err := b.resumeUnlock(ctx, rec)
		if err != nil {
			b.c.Log.Warn("an unlock is still not confirmed", "flow", rec.ID, "error", err)
		}
		if unlocking || err != nil {
			continue
		}
		o, err := b.reread(ctx, rec)
		if err != nil {
			b.c.Log.Warn("a password write is still not confirmed", "flow", rec.ID, "error", err)
			continue
		}
		if o.unknown {
			continue
		}
		if _, err := b.conclude(ctx, question{id: rec.ID}, o); err != nil {
			return err
		}
	}
	return nil
}
