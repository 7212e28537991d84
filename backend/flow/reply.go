package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// reply is what a submission led to: the flow as it stands, and the refusal, if it was one. Where it is reserved, there is
// no answer yet.
type reply struct {
	flow     app.Flow
	refusal  *app.Error
	reserved bool
}

func (r reply) give() (app.Flow, error) {
	if r.refusal != nil {
		return r.flow, r.refusal
	}
	return r.flow, nil
}

// remember keeps the submission and its answer, so that a repeat gets the same. What failed because the directory was
// away may be tried again with the same key.
func (f *flow) remember(sub submission, refusal *app.Error) error {
	if refusal != nil && (refusal.Code == app.CodeUnavailable || refusal.Code == app.CodeBusy) {
		return nil
	}
	f.rec.LastKey, f.rec.LastInput, f.rec.LastAnswer = core.Digest(string(sub.key)), sub.print, nil
	if refusal == nil {
		return nil
	}
	data, err := encodeRefusal(refusal)
	f.rec.LastAnswer = data
	return err
}

// lastReply is the refusal that the last submission got, nil when it was taken.
func (f *flow) lastReply() (*app.Error, error) {
	if f.rec.LastAnswer == nil {
		return nil, nil
	}
	refusal, err := decodeRefusal(f.rec.LastAnswer)
	if err != nil {
		return nil, err
	}
	refusal.At = f.now
	return refusal, nil
}

// failed logs what is not the person's doing, and answers without the cause.
func (o *operation) failed(sub submission, err error) error {
	return o.Failed(err, "flow", sub.id, "input", nameOf(sub.in))
}

// directoryDown answers that the directory can't be asked: nothing was changed but by what came first.
func (o *operation) directoryDown(ctx context.Context, sub submission, cause error, first ...func(*flow) error) (app.Flow, error) {
	o.Log.Warn("the directory failed", "flow", sub.id, "input", nameOf(sub.in), "error", cause)
	return o.commit(ctx, sub, func(f *flow) error {
		for _, do := range first {
			if err := do(f); err != nil {
				return err
			}
		}
		return &app.Error{Code: app.CodeUnavailable, Cause: cause}
	})
}

// refuse audits and stamps a refusal that came before the flow was looked at.
func (o *operation) refuse(ctx context.Context, sub submission, err error) error {
	var refusal *app.Error
	if !errors.As(err, &refusal) {
		return o.failed(sub, err)
	}
	refusal = o.Stamp(refusal, "")
	rec := port.FlowRecord{ID: sub.id}
	if sub.holdsFlow() {
		if own, stranger, err := o.whose(ctx, sub); err == nil && !stranger {
			rec = own // what concerns an account's own flow is not counted together with others
		}
	}
	if err := o.LogRefusal(ctx, o.refusalEntry(sub, rec, refusal)); err != nil {
		return o.failed(sub, err)
	}
	return refusal
}
