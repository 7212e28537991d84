package backend

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// answer is what a question led to: the flow as it stands, and the refusal, if it was one.
type answer struct {
	flow    app.Flow
	refusal *app.Error
}

func (a answer) give() (app.Flow, error) {
	if a.refusal != nil {
		return a.flow, a.refusal
	}
	return a.flow, nil
}

// remember keeps the question and its answer, so that a repeat gets the same. What failed because the directory was
// away may be tried again with the same key.
func (t *talk) remember(q question, refusal *app.Error) error {
	if refusal != nil && refusal.Code == app.CodeUnavailable {
		return nil
	}
	t.rec.LastKey, t.rec.LastInput, t.rec.LastAnswer = digest(string(q.key)), q.print, nil
	if refusal == nil {
		return nil
	}
	kept := *refusal
	kept.Cause = nil
	data, err := json.Marshal(kept)
	if err != nil {
		return app.Errorf(app.CodeInternal, "encode an answer: %w", err)
	}
	t.rec.LastAnswer = data
	return nil
}

// lastAnswer is the refusal that the last question got, nil when it was taken.
func (t *talk) lastAnswer() (*app.Error, error) {
	if t.rec.LastAnswer == nil {
		return nil, nil
	}
	var refusal app.Error
	if err := json.Unmarshal(t.rec.LastAnswer, &refusal); err != nil {
		return nil, app.Errorf(app.CodeInternal, "decode an answer: %w", err)
	}
	refusal.At = t.now
	return &refusal, nil
}

// stamp completes a refusal with the clock and the support code.
func (b *Backend) stamp(e *app.Error, support string) *app.Error {
	stamped := *e
	stamped.At = b.now()
	if stamped.Support == "" {
		stamped.Support = support
	}
	return &stamped
}

// failed logs what is not the person's doing, and answers without the cause.
func (b *Backend) failed(q question, err error) error {
	var known *app.Error
	if !errors.As(err, &known) {
		known = &app.Error{Code: app.CodeInternal, Cause: err}
	}
	b.c.Log.Error("an input failed", "flow", q.id, "input", nameOf(q.in), "code", known.Code, "error", known.Error())
	return b.stamp(known, "")
}

// refuse audits and stamps a refusal that came before the flow was looked at.
func (b *Backend) refuse(ctx context.Context, q question, err error) error {
	var refusal *app.Error
	if !errors.As(err, &refusal) {
		return b.failed(q, err)
	}
	refusal = b.stamp(refusal, "")
	if err := b.update(ctx, func(tx *tx) error {
		return b.auditRefusal(tx, q, port.FlowRecord{ID: q.id}, refusal)
	}); err != nil {
		return b.failed(q, err)
	}
	return refusal
}

// isRefusal reports whether err answers the person; anything else undoes the transaction.
func isRefusal(err error) bool {
	var refusal *app.Error
	return errors.As(err, &refusal) && refusal.Code != app.CodeInternal
}
