package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// Start begins a flow. With a key that began one already it gives the same flow with a new token (the old one is void),
// as long as nothing was submitted: the answer to the first Start may have been lost.
func (s *Flows) Start(ctx context.Context, start app.Start) (app.Flow, error) {
	o, release := s.begin(ctx)
	defer release()
	sub := submission{caller: o.Caller(), key: start.Key}
	if err := startable(sub, start); err != nil {
		return app.Flow{}, o.refuse(ctx, sub, err)
	}
	first := state{At: purposes[start.Purpose].firstStage()}
	if purposes[start.Purpose].ofSession() {
		var err error
		if first, err = o.loadOwner(ctx, sub.caller, purposes[start.Purpose]); err != nil {
			return app.Flow{}, o.refuse(ctx, sub, err)
		}
	}
	var r reply
	err := o.Update(ctx, func(tx *core.Tx) (err error) {
		r, err = o.findOrCreate(tx, sub, start.Purpose, first)
		return err
	})
	if err != nil {
		return app.Flow{}, o.failed(sub, err)
	}
	return r.give()
}

// startable refuses what needs no look at the store.
func startable(sub submission, start app.Start) error {
	if err := checkKey(start.Key); err != nil {
		return err
	}
	p, known := purposes[start.Purpose]
	switch {
	case !known:
		return app.Errorf(app.CodeBadRequest, "unknown purpose")
	case p.ofSession() && (sub.caller.Account == "" || sub.caller.Role != app.RolePerson && sub.caller.Role != app.RoleAdmin):
		return &app.Error{Code: app.CodeSignedOut}
	}
	return nil
}

// findOrCreate finds the flow that the key began, or makes one, and gives its token.
func (o *operation) findOrCreate(tx *core.Tx, sub submission, name app.Purpose, first state) (reply, error) {
	rec, err := tx.FlowByStartKey(core.Digest(string(sub.key)))
	switch {
	case errors.Is(err, port.ErrNotFound):
		return o.create(tx, sub, name, first)
	case err != nil:
		return reply{}, err
	}
	f, err := o.open(tx, rec)
	if err != nil {
		return reply{}, err
	}
	over, err := f.over()
	if err != nil {
		return reply{}, err
	}
	same := rec.Purpose == name && rec.Rev == 0 && over == nil && !elsewhere(rec, sub.caller.Origin) &&
		(!f.purpose.ofSession() || f.s.Session == sub.caller.Session)
	if !same {
		refusal := o.Stamp(&app.Error{Code: app.CodeReused}, "")
		return reply{refusal: refusal}, o.auditRefusal(tx, sub, port.FlowRecord{}, refusal)
	}
	return f.handOut()
}

// create makes a flow, unless the caller's network address, or what is due first, forbids it.
func (o *operation) create(tx *core.Tx, sub submission, name app.Purpose, first state) (reply, error) {
	if err := o.ThrottleNetwork(tx, limit.NetworkStart.Of(name), sub.caller.Origin); err != nil {
		var refusal *app.Error
		if !errors.As(err, &refusal) {
			return reply{}, err
		}
		refusal = o.Stamp(refusal, "")
		return reply{refusal: refusal}, o.auditRefusal(tx, sub, port.FlowRecord{Purpose: name}, refusal)
	}
	if refusal, err := o.refuseBeforeDue(tx, sub, name, first); refusal != nil || err != nil {
		return reply{refusal: refusal}, err
	}
	f, err := o.newFlow(tx, sub, name, first)
	if err != nil {
		return reply{}, err
	}
	if f.purpose.ofSession() && f.s.At != atBlocked {
		if err := f.purpose.open(f); err != nil {
			return reply{}, err
		}
	}
	if err := f.audit(event{action: string(name) + ".start", result: f.outcome(), reason: f.s.Blocked}); err != nil {
		return reply{}, err
	}
	return f.handOut()
}

// newFlow makes the record of a flow, which is not saved yet.
func (o *operation) newFlow(tx *core.Tx, sub submission, name app.Purpose, first state) (*flow, error) {
	id, err := o.NewID()
	if err != nil {
		return nil, err
	}
	support, err := o.NewSupportCode()
	if err != nil {
		return nil, err
	}
	now := o.Now()
	return &flow{op: o, tx: tx, now: now, s: first, purpose: purposes[name], rec: port.FlowRecord{
		ID:        app.FlowID(id),
		Purpose:   name,
		Account:   first.Subject.Person.Account,
		StartKey:  core.Digest(string(sub.key)),
		Support:   support,
		Created:   now,
		Expires:   now.Add(o.Policy().Flows.Lifetime),
		OriginStn: sub.caller.Origin.Station,
		OriginID:  sub.caller.Origin.Enrolled,
		OriginNet: sub.caller.Origin.Network,
	}}, nil
}

// handOut gives the flow a new token and shows it.
func (f *flow) handOut() (reply, error) {
	token, hash, err := f.op.NewToken()
	if err != nil {
		return reply{}, err
	}
	f.rec.TokenHash = hash
	if err := f.save(); err != nil {
		return reply{}, err
	}
	drawn, err := f.draw()
	if err != nil {
		return reply{}, err
	}
	drawn.Token = token
	return reply{flow: drawn}, nil
}

// Get reads the flow as it stands.
func (s *Flows) Get(ctx context.Context, id app.FlowID) (app.Flow, error) {
	return onBeat(ctx, s, func(o *operation) (app.Flow, error) {
		return o.get(ctx, submission{caller: o.Caller(), id: id})
	})
}

func (o *operation) get(ctx context.Context, sub submission) (app.Flow, error) {
	if !sub.holdsFlow() {
		return app.Flow{}, o.refuse(ctx, sub, &app.Error{Code: app.CodeNoFlow})
	}
	var drawn app.Flow
	err := o.View(ctx, func(tx *core.Tx) error {
		f, err := o.loadFor(tx, sub)
		switch {
		case errors.Is(err, port.ErrNotFound):
			return &app.Error{Code: app.CodeNoFlow}
		case err != nil:
			return err
		}
		var refusal *app.Error
		if drawn, refusal, err = f.current(); refusal != nil && err == nil {
			refusal.Support = f.rec.Support
			return refusal
		}
		return err
	})
	if err == nil {
		return drawn, nil
	}
	switch app.CodeOf(err) {
	case app.CodeNoFlow, app.CodeEnded, app.CodeExpired, app.CodeSignedOut:
		return app.Flow{}, o.refuse(ctx, sub, err)
	}
	return app.Flow{}, o.failed(sub, err)
}

// Cancel ends the flow. A flow that has ended stays as it is. A password write that is under way is not undone, and is
// still carried through to its end.
func (s *Flows) Cancel(ctx context.Context, id app.FlowID) error {
	_, err := onBeat(ctx, s, func(o *operation) (struct{}, error) {
		return struct{}{}, o.cancel(ctx, submission{caller: o.Caller(), id: id})
	})
	return err
}

func (o *operation) cancel(ctx context.Context, sub submission) error {
	if !sub.holdsFlow() {
		return o.refuse(ctx, sub, &app.Error{Code: app.CodeNoFlow})
	}
	err := o.Update(ctx, func(tx *core.Tx) error {
		f, err := o.loadFor(tx, sub)
		if errors.Is(err, port.ErrNotFound) {
			return &app.Error{Code: app.CodeNoFlow}
		}
		if err != nil || !f.rec.Ended.IsZero() {
			return err
		}
		o.present.drop(f.rec.ID)
		f.rec.Ended = f.now
		if err := f.save(); err != nil {
			return err
		}
		if err := f.endByPass(); err != nil {
			return err
		}
		return f.audit(event{action: string(f.rec.Purpose) + ".end", result: core.Cancelled})
	})
	if app.CodeOf(err) == app.CodeNoFlow {
		return o.refuse(ctx, sub, err)
	}
	if err != nil {
		return o.failed(sub, err)
	}
	return nil
}
