package backend

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Start begins a flow. With a key that began one already it gives the same flow with a new token (the old one is void),
// as long as nothing was submitted: the answer to the first Start may have been lost.
func (b *Backend) Start(ctx context.Context, s app.Start) (app.Flow, error) {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx), key: s.Key}
	if err := b.startable(q, s); err != nil {
		return app.Flow{}, b.refuse(ctx, q, err)
	}
	first := state{At: atSignIn}
	switch s.Purpose {
	case app.PurposeReset:
		first.At = atUserID
	case app.PurposeRegister, app.PurposeManage, app.PurposeChange:
		var err error
		if first, err = b.meet(ctx, q.caller); err != nil {
			return app.Flow{}, b.refuse(ctx, q, err)
		}
	}
	var a answer
	err := b.update(ctx, func(tx *tx) (err error) {
		a, err = b.begin(tx, q, s.Purpose, first)
		return err
	})
	if err != nil {
		return app.Flow{}, b.failed(q, err)
	}
	return a.give()
}

func (b *Backend) startable(q question, s app.Start) error {
	if err := checkKey(s.Key); err != nil {
		return err
	}
	switch s.Purpose {
	case app.PurposeSignIn, app.PurposeReset:
		return nil
	case app.PurposeRegister, app.PurposeManage, app.PurposeChange:
		if q.caller.Account == "" || q.caller.Role != app.RolePerson && q.caller.Role != app.RoleAdmin {
			return &app.Error{Code: app.CodeSignedOut}
		}
		return nil
	}
	return app.Errorf(app.CodeBadRequest, "unknown purpose")
}

// begin finds the flow that the key began, or makes one, and gives its token.
func (b *Backend) begin(tx *tx, q question, purpose app.Purpose, first state) (answer, error) {
	rec, err := tx.FlowByStartKey(digest(string(q.key)))
	switch {
	case errors.Is(err, port.ErrNotFound):
		return b.create(tx, q, purpose, first)
	case err != nil:
		return answer{}, err
	}
	s, err := decodeState(rec.State)
	if err != nil {
		return answer{}, err
	}
	t := &talk{b: b, tx: tx, now: b.now(), rec: rec, s: s}
	same := rec.Purpose == purpose && rec.Rev == 0 && rec.Ended.IsZero() && !t.expired() &&
		(!own(purpose) || rec.Account == q.caller.Account)
	if !same {
		refusal := b.stamp(&app.Error{Code: app.CodeReused}, "")
		return answer{refusal: refusal}, b.auditRefusal(tx, q, port.FlowRecord{}, refusal)
	}
	return t.handOut()
}

// own reports whether a flow of this purpose belongs to the session that starts it.
func own(purpose app.Purpose) bool {
	return purpose == app.PurposeRegister || purpose == app.PurposeManage || purpose == app.PurposeChange
}

func (b *Backend) create(tx *tx, q question, purpose app.Purpose, first state) (answer, error) {
	retry, err := b.throttleNetwork(tx, "start", q.caller.Origin)
	if err != nil {
		return answer{}, err
	}
	if !retry.IsZero() {
		refusal := b.stamp(&app.Error{Code: app.CodeThrottled, RetryAt: retry}, "")
		return answer{refusal: refusal}, b.auditRefusal(tx, q, port.FlowRecord{Purpose: purpose}, refusal)
	}
	if refusal, err := b.barred(tx, q, purpose, first); refusal != nil || err != nil {
		return answer{refusal: refusal}, err
	}
	id, err := b.newID()
	if err != nil {
		return answer{}, err
	}
	support, err := b.supportCode()
	if err != nil {
		return answer{}, err
	}
	now := b.now()
	t := &talk{b: b, tx: tx, now: now, s: first, rec: port.FlowRecord{
		ID:        app.FlowID(id),
		Purpose:   purpose,
		Account:   first.Who.Person.Account,
		StartKey:  digest(string(q.key)),
		Support:   support,
		Created:   now,
		Expires:   now.Add(b.policy().Flows.Lifetime),
		OriginStn: q.caller.Origin.Station,
		OriginNet: q.caller.Origin.Network,
	}}
	if own(purpose) {
		if err := t.openOwn(); err != nil {
			return answer{}, err
		}
	}
	if err := t.audit(event{action: string(purpose) + ".start", result: t.outcome(), reason: t.s.Blocked}); err != nil {
		return answer{}, err
	}
	return t.handOut()
}

// handOut gives the flow a new token and shows it.
func (t *talk) handOut() (answer, error) {
	token, hash, err := t.b.token()
	if err != nil {
		return answer{}, err
	}
	t.rec.TokenHash = hash
	if err := t.save(); err != nil {
		return answer{}, err
	}
	flow, err := t.flow()
	if err != nil {
		return answer{}, err
	}
	flow.Token = token
	return answer{flow: flow}, nil
}

// Get reads the flow as it stands.
func (b *Backend) Get(ctx context.Context, id app.FlowID) (app.Flow, error) {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx), id: id}
	if q.caller.Role != app.RoleFlow || q.caller.Flow != id || id == "" {
		return app.Flow{}, b.refuse(ctx, q, &app.Error{Code: app.CodeNoFlow})
	}
	var flow app.Flow
	err := b.view(ctx, func(tx *tx) error {
		t, err := b.load(tx, q)
		switch {
		case errors.Is(err, port.ErrNotFound):
			return &app.Error{Code: app.CodeNoFlow}
		case err != nil:
			return err
		case t.visible():
			flow, err = t.flow()
			return err
		case !t.rec.Ended.IsZero():
			return &app.Error{Code: app.CodeEnded, Support: t.rec.Support}
		}
		return &app.Error{Code: app.CodeExpired, Support: t.rec.Support}
	})
	if err == nil {
		return flow, nil
	}
	switch app.CodeOf(err) {
	case app.CodeNoFlow, app.CodeEnded, app.CodeExpired:
		return app.Flow{}, b.refuse(ctx, q, err)
	}
	return app.Flow{}, b.failed(q, err)
}

// Cancel ends the flow. A flow that has ended stays as it is. A password write that is under way is not undone, and is
// still carried through to its end.
func (b *Backend) Cancel(ctx context.Context, id app.FlowID) error {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx), id: id}
	if q.caller.Role != app.RoleFlow || q.caller.Flow != id || id == "" {
		return b.refuse(ctx, q, &app.Error{Code: app.CodeNoFlow})
	}
	err := b.update(ctx, func(tx *tx) error {
		t, err := b.load(tx, q)
		if errors.Is(err, port.ErrNotFound) {
			return &app.Error{Code: app.CodeNoFlow}
		}
		if err != nil || !t.rec.Ended.IsZero() {
			return err
		}
		t.rec.Ended = t.now
		if err := t.save(); err != nil {
			return err
		}
		if err := t.endByPass(); err != nil {
			return err
		}
		return t.audit(event{action: string(t.rec.Purpose) + ".end", result: resultCancelled})
	})
	if app.CodeOf(err) == app.CodeNoFlow {
		return b.refuse(ctx, q, err)
	}
	if err != nil {
		return b.failed(q, err)
	}
	return nil
}
