package flow

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// commit takes a submission through act in the one transaction that spans everything, and answers it.
func (o *operation) commit(ctx context.Context, sub submission, act func(*flow) error) (app.Flow, error) {
	r, err := o.transact(ctx, sub, act, false)
	if err != nil {
		return app.Flow{}, o.failed(sub, err)
	}
	return r.give()
}

// reserve does by act what must be durable before a slow call, and then has slow make the call and commit its outcome. A
// submission that is answered already (a repeat, a refusal) never gets to slow.
func (o *operation) reserve(ctx context.Context, sub submission, act func(*flow) error, slow func() (app.Flow, error)) (app.Flow, error) {
	r, err := o.transact(ctx, sub, act, true)
	if err != nil {
		return app.Flow{}, o.failed(sub, err)
	}
	if r.reserved {
		return slow()
	}
	return r.give()
}

// consider has look read what a slow call needs, where nothing has to be durable before it, and then has slow make the call and
// commit its outcome, which looks whose turn it is again. What is refused, or answered already, never gets to slow.
func (o *operation) consider(ctx context.Context, sub submission, look func(*flow) error, slow func() (app.Flow, error)) (app.Flow, error) {
	taken := false
	err := o.View(ctx, func(tx *core.Tx) error {
		f, err := o.loadFor(tx, sub)
		if err != nil {
			return err
		}
		repeat, refusal, err := f.checkTurn(sub)
		if err != nil || repeat || refusal != nil || !f.takes(sub.in) {
			return err
		}
		err = look(f)
		taken = err == nil
		return err
	})
	if err != nil || !taken {
		return o.reserve(ctx, sub, look, slow) // which writes down what is refused
	}
	return slow()
}

// transact runs act in a transaction, if it is the submission's turn. A submission that is taken is answered, or, where it
// is to be reserved, waits for its answer.
func (o *operation) transact(ctx context.Context, sub submission, act func(*flow) error, reserve bool) (r reply, err error) {
	err = o.Update(ctx, func(tx *core.Tx) error {
		r = reply{}
		f, err := o.loadFor(tx, sub)
		if errors.Is(err, port.ErrNotFound) {
			o.countRefusal()
			r.refusal = o.Stamp(&app.Error{Code: app.CodeNoFlow}, "")
			return o.auditRefusal(tx, sub, port.FlowRecord{ID: sub.id}, r.refusal)
		}
		if err != nil {
			return err
		}
		repeat, refusal, err := f.checkTurn(sub)
		switch {
		case err != nil:
		case repeat:
			r.refusal, err = f.lastReply()
		case refusal != nil:
			if f.ofStranger() {
				o.countRefusal()
			}
			r.refusal = o.Stamp(refusal, f.rec.Support)
			err = o.auditRefusal(tx, sub, f.rec, r.refusal)
		default:
			err = f.run(sub, act, reserve, &r)
		}
		if err != nil {
			return err
		}
		return f.answer(&r)
	})
	return r, err
}

// checkTurn decides whether it is the submission's turn: a repeat, a refusal, or neither.
func (f *flow) checkTurn(sub submission) (repeat bool, refusal *app.Error, err error) {
	if subtle.ConstantTimeCompare(f.rec.LastKey, core.Digest(string(sub.key))) == 1 {
		if bytes.Equal(f.rec.LastInput, sub.print) {
			return true, nil, nil
		}
		return false, &app.Error{Code: app.CodeReused}, nil
	}
	if refusal, err = f.over(); refusal != nil || err != nil {
		return false, refusal, err
	}
	if f.rec.Rev != sub.rev {
		return false, &app.Error{Code: app.CodeMoved}, nil
	}
	return false, nil, nil
}

// run has act answer the submission, and persists what came of it. Nothing but an error undoes the transaction.
func (f *flow) run(sub submission, act func(*flow) error, reserve bool, r *reply) error {
	kind := f.s.Kind
	err := error(&app.Error{Code: app.CodeNotNow})
	if f.takes(sub.in) {
		f.s.Notice = nil
		err = act(f)
	}
	if err != nil {
		if !core.IsRefusal(err) {
			return err
		}
		errors.As(err, &r.refusal)
		r.refusal = f.op.Stamp(r.refusal, f.rec.Support)
		if !f.counted {
			if err := f.undo(); err != nil {
				return err
			}
		}
	}
	if r.refusal == nil && reserve {
		r.reserved = true
		return f.save()
	}
	if r.refusal == nil || f.counted {
		f.rec.Rev++
	}
	if err := f.remember(sub, r.refusal); err != nil {
		return err
	}
	if err := f.save(); err != nil {
		return err
	}
	return f.auditReply(sub, kind, r.refusal)
}
