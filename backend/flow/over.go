package flow

import (
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// When a flow is over: it has ended, took too long, or its session is over. One whose password write is not confirmed goes on
// whatever happens: the person must be able to learn what came of it.

// expired reports whether the flow took too long; its last instant is still good. One that is to begin yet is over: the clock was
// put back, and nobody knows when it began.
func (f *flow) expired() bool {
	return f.rec.PendingSince.IsZero() && (f.now.After(f.rec.Expires) || !limit.Happened(f.rec.Created, f.now))
}

// over says why the flow goes on no more; nil while it does.
func (f *flow) over() (*app.Error, error) {
	switch {
	case !f.rec.Ended.IsZero():
		return &app.Error{Code: app.CodeEnded}, nil
	case f.expired():
		return &app.Error{Code: app.CodeExpired}, nil
	case !f.rec.PendingSince.IsZero():
		return nil, nil
	}
	_, err := f.openSession()
	if app.CodeOf(err) == app.CodeSignedOut {
		return &app.Error{Code: app.CodeSignedOut}, nil
	}
	return nil, err
}

// openSession gives the session that the flow belongs to, or that it has opened; CodeSignedOut where that is over. A flow of
// neither kind has a zero one.
func (f *flow) openSession() (port.SessionRecord, error) {
	switch {
	case f.purpose.ofSession():
		return f.session()
	case f.s.At != atSignedIn:
		return port.SessionRecord{}, nil
	}
	rec, err := f.tx.SessionByFlow(f.rec.ID)
	switch {
	case errors.Is(err, port.ErrNotFound): // not opened yet
		return port.SessionRecord{}, nil
	case err == nil && !rec.Live(f.now):
		err = &app.Error{Code: app.CodeSignedOut}
	}
	return rec, err
}

// current gives the flow as it stands: while it goes on, and its last page after it ended by itself. Else the refusal says why
// there is none.
func (f *flow) current() (drawn app.Flow, refusal *app.Error, err error) {
	if refusal, err = f.over(); err != nil {
		return app.Flow{}, nil, err
	}
	if refusal != nil {
		f.op.present.drop(f.rec.ID)
	}
	if refusal != nil && !(refusal.Code == app.CodeEnded && f.s.At.final()) {
		return app.Flow{}, refusal, nil
	}
	drawn, err = f.draw()
	return drawn, nil, err
}

// answer completes the reply to a submission that was taken, refused or repeated: with the flow as it stands or, where it is
// over, with the reason, unless the reply is a refusal anyway.
func (f *flow) answer(r *reply) error {
	drawn, refusal, err := f.current()
	if err != nil {
		return err
	}
	r.flow = drawn
	if refusal != nil && r.refusal == nil && !r.reserved {
		r.refusal = f.op.Stamp(refusal, f.rec.Support)
	}
	return nil
}

// elsewhere reports whether somebody else than the flow's own client asks: where the flow began at an enrolled station, it
// goes on at that one alone.
func elsewhere(rec port.FlowRecord, from app.Origin) bool {
	return rec.OriginID != "" && rec.OriginID != from.Enrolled
}

// loadFor reads a flow for a caller; port.ErrNotFound where there is none, or where it is another workstation's.
func (o *operation) loadFor(tx *core.Tx, sub submission) (*flow, error) {
	f, err := o.load(tx, sub.id)
	if err == nil && elsewhere(f.rec, sub.caller.Origin) {
		return nil, port.ErrNotFound
	}
	if err == nil && f.private(sub) && f.ofStranger() {
		o.toStranger = true
	}
	return f, err
}
