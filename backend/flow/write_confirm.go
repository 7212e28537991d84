package flow

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// checkAgain reads the directory to learn what came of the write.
func (o *operation) checkAgain(ctx context.Context, sub submission) (app.Flow, error) {
	var rec port.FlowRecord
	look := func(f *flow) error {
		rec = f.rec
		return nil
	}
	return o.consider(ctx, sub, look, func() (app.Flow, error) {
		w, err := o.reread(ctx, rec)
		if err != nil {
			return o.directoryDown(ctx, sub, err)
		}
		drawn, err := o.commit(ctx, sub, func(*flow) error { return nil })
		if err != nil || w.unknown {
			return drawn, err
		}
		return o.conclude(context.WithoutCancel(ctx), sub, w)
	})
}

// reread compares the directory's stamp with the one from before the write. While a server still waits for the write
// itself, nothing is known.
func (o *operation) reread(ctx context.Context, rec port.FlowRecord) (outcome, error) {
	if o.leased(rec) {
		return outcome{since: rec.PendingSince, unknown: true}, nil
	}
	s, err := decodeState(rec.State)
	if err != nil {
		return outcome{}, err
	}
	account, err := o.Account(ctx, rec.Account)
	if err != nil {
		return outcome{}, err
	}
	if s.Stamp == "" || account.Stamp == "" { // the directory doesn't say: neither way is anything known
		return outcome{since: rec.PendingSince, unknown: true}, nil
	}
	if account.Stamp == s.Stamp && account.Lag > 0 && limit.Within(account.Lag, rec.PendingSince, o.Now()) { // another server may have been told
		return outcome{since: rec.PendingSince, unknown: true}, nil
	}
	return outcome{since: rec.PendingSince, written: account.Stamp != s.Stamp, admin: account.Admin || s.Subject.Admin, stamp: account.Stamp}, nil
}

// Resume learns what came of every unlock and every write that was not confirmed: after a crash, or when the directory was
// away.
func (s *Flows) Resume(ctx context.Context, op *core.Operation) error {
	o := s.within(op)
	var pending []port.FlowRecord
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		pending, err = tx.PendingFlows()
		return err
	})
	if err != nil {
		return err
	}
	for _, rec := range pending {
		if err := o.resume(ctx, rec); err != nil {
			return err
		}
	}
	return nil
}

// resume learns what came of one of them.
func (o *operation) resume(ctx context.Context, rec port.FlowRecord) error {
	unlocking, err := o.resumeUnlock(ctx, rec)
	if err != nil {
		o.Log.Warn("an unlock is still not confirmed", "flow", rec.ID, "error", err)
	}
	if unlocking || err != nil {
		return nil
	}
	w, err := o.reread(ctx, rec)
	if err != nil {
		o.Log.Warn("a password write is still not confirmed", "flow", rec.ID, "error", err)
		return nil
	}
	if w.unknown {
		return nil
	}
	_, err = o.conclude(ctx, submission{id: rec.ID}, w)
	if core.IsRefusal(err) && app.CodeOf(err) != app.CodeUnavailable { // the flow is over, or the directory has refused
		return nil
	}
	return err
}
