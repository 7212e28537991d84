package backend

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// question is one input on its way through.
type question struct {
	caller app.Caller
	id     app.FlowID
	rev    int
	key    app.IdempotencyKey
	in     app.Input
	print  []byte // keyed hash of the input
}

// talk is a question's turn in a transaction: the flow, its state, and what happens on the way.
type talk struct {
	b       *Backend
	tx      *tx
	now     time.Time
	rec     port.FlowRecord
	s       state
	counted bool                    // a refusal that costs a try: the state it leaves is kept
	made    []port.CredentialRecord // the decoys, once they were needed
	grade   grade                   // of the lock that the proof at hand met
	shut    bool                    // that lock is not told, and lets no proof by the method at hand hold
}

// Submit answers the step at hand.
//
//	caller holds the flow? ─no→ no_such_flow
//	 └ the same key as last time? ─yes→ same input: the same answer · another: idempotency_reused
//	    └ ended, expired? → flow_ended, flow_expired
//	       └ another revision? → flow_moved, with the flow as it stands
//	          └ does the input answer the step? ─no→ not_now
//	             └ the machine: a new step (rev+1) · a counted refusal (rev+1) · a refusal that changes nothing
func (b *Backend) Submit(ctx context.Context, id app.FlowID, rev int, key app.IdempotencyKey, in app.Input) (app.Flow, error) {
	b, leave := b.enter()
	defer leave()
	q := question{caller: app.CallerFrom(ctx), id: id, rev: rev, key: key, in: in}
	if err := b.admit(q); err != nil {
		return app.Flow{}, b.refuse(ctx, q, err)
	}
	q.print = b.c.Sealer.Index("input", content(in))
	switch in := in.(type) {
	case app.SignIn:
		return b.signIn(ctx, q, in)
	case app.SignInWithPass:
		return b.signInWithPass(ctx, q, in)
	case app.GiveUserID:
		return b.identify(ctx, q, in)
	case app.GiveWork:
		return b.giveWork(ctx, q, in)
	case app.GivePassword:
		return b.setPassword(ctx, q, in)
	case app.GiveCurrentPassword:
		return b.checkCurrent(ctx, q, in)
	case app.GiveAnswers:
		return b.giveAnswers(ctx, q, in)
	case app.CheckAgain:
		return b.checkAgain(ctx, q)
	case app.ContactAdmin:
		return b.contactAdmin(ctx, q)
	}
	return b.commit(ctx, q, func(t *talk) error { return t.step(in) })
}

// step is the machines' part that needs nobody but the store.
func (t *talk) step(in app.Input) error {
	switch in := in.(type) {
	case app.GiveReason:
		return t.giveReason(in)
	case app.GiveUnlock:
		return t.giveUnlock(in)
	case app.Choose:
		return t.choose(in.Kind)
	case app.GiveCode, app.GiveAddress, app.GivePhone, app.GiveKey, app.Resend:
		return t.turn(in)
	case app.Replace:
		return t.guarded(wanted{What: replaceOne, Credential: in.Credential})
	case app.SetDefault:
		return t.guarded(wanted{What: setDefault, Credential: in.Credential})
	case app.Delete:
		return t.askDelete(in.Credential)
	case app.Reveal:
		return t.guarded(wanted{What: reveal, Credential: in.Credential})
	case app.SignOutEverywhere:
		return t.signOutEverywhere()
	case app.Back:
		return t.back()
	case app.Finish:
		return t.finish()
	}
	return &app.Error{Code: app.CodeNotNow}
}

// admit refuses what needs no look at the flow.
func (b *Backend) admit(q question) error {
	if q.caller.Role != app.RoleFlow || q.caller.Flow != q.id || q.id == "" {
		return &app.Error{Code: app.CodeNoFlow}
	}
	if nameOf(q.in) == "" {
		return app.Errorf(app.CodeBadRequest, "unknown input %T", q.in)
	}
	return checkKey(q.key)
}

// commit takes a question through f in the one transaction that spans everything, and answers it.
func (b *Backend) commit(ctx context.Context, q question, f func(*talk) error) (app.Flow, error) {
	a, _, err := b.transact(ctx, q, f, true)
	if err != nil {
		return app.Flow{}, b.failed(q, err)
	}
	return a.give()
}

// reserve does what must be durable before a slow call. Where it says that the question is answered already (a repeat,
// a refusal), the answer stands; otherwise a commit must follow.
func (b *Backend) reserve(ctx context.Context, q question, f func(*talk) error) (flow app.Flow, answered bool, err error) {
	a, answered, err := b.transact(ctx, q, f, false)
	if err != nil {
		return app.Flow{}, true, b.failed(q, err)
	}
	flow, err = a.give()
	return flow, answered, err
}

func (b *Backend) transact(ctx context.Context, q question, f func(*talk) error, last bool) (a answer, answered bool, err error) {
	err = b.update(ctx, func(tx *tx) error {
		a, answered = answer{}, true
		t, err := b.load(tx, q)
		if errors.Is(err, port.ErrNotFound) {
			a.refusal = b.stamp(&app.Error{Code: app.CodeNoFlow}, "")
			return b.auditRefusal(tx, q, port.FlowRecord{ID: q.id}, a.refusal)
		}
		if err != nil {
			return err
		}
		repeat, refusal := t.turned(q)
		switch {
		case repeat:
			a.refusal, err = t.lastAnswer()
		case refusal != nil:
			a.refusal = b.stamp(refusal, t.rec.Support)
			err = b.auditRefusal(tx, q, t.rec, a.refusal)
		default:
			a.refusal, answered, err = t.run(q, f, last)
		}
		if err == nil && t.visible() {
			a.flow, err = t.flow()
		}
		return err
	})
	return a, answered, err
}

func (b *Backend) load(tx *tx, q question) (*talk, error) {
	rec, err := tx.Flow(q.id)
	if err != nil {
		return nil, err
	}
	s, err := decodeState(rec.State)
	if err != nil {
		return nil, err
	}
	return &talk{b: b, tx: tx, now: b.now(), rec: rec, s: s}, nil
}

// turned decides whether it is the question's turn: a repeat, a refusal, or neither.
func (t *talk) turned(q question) (repeat bool, refusal *app.Error) {
	if subtle.ConstantTimeCompare(t.rec.LastKey, digest(string(q.key))) == 1 {
		if bytes.Equal(t.rec.LastInput, q.print) {
			return true, nil
		}
		return false, &app.Error{Code: app.CodeReused}
	}
	switch {
	case !t.rec.Ended.IsZero():
		return false, &app.Error{Code: app.CodeEnded}
	case t.expired():
		return false, &app.Error{Code: app.CodeExpired}
	case t.rec.Rev != q.rev:
		return false, &app.Error{Code: app.CodeMoved}
	}
	return false, nil
}

// expired reports whether the flow took too long; its last instant is still good. A flow whose password write is not
// confirmed does not expire: the person must be able to learn what came of it.
func (t *talk) expired() bool {
	return t.rec.PendingSince.IsZero() && t.now.After(t.rec.Expires)
}

// visible reports whether the flow may be shown: while it goes on, and its last page after it ended by itself.
func (t *talk) visible() bool {
	if !t.rec.Ended.IsZero() {
		return t.s.At.final()
	}
	return !t.expired()
}

// run lets f answer, and persists what came of it.
func (t *talk) run(q question, f func(*talk) error, last bool) (refusal *app.Error, answered bool, err error) {
	kind := t.s.Kind
	if t.takes(q.in) {
		t.s.Notice = nil
		err = f(t)
	} else {
		err = &app.Error{Code: app.CodeNotNow}
	}
	if err != nil {
		if !isRefusal(err) {
			return nil, true, err
		}
		errors.As(err, &refusal)
		refusal = t.b.stamp(refusal, t.rec.Support)
		if !t.counted {
			if t.s, err = decodeState(t.rec.State); err != nil {
				return nil, true, err
			}
		}
	}
	if refusal == nil && !last {
		return nil, false, t.save()
	}
	if refusal == nil || t.counted {
		t.rec.Rev++
	}
	if err := t.remember(q, refusal); err != nil {
		return nil, true, err
	}
	if err := t.save(); err != nil {
		return nil, true, err
	}
	return refusal, true, t.auditAnswer(q, kind, refusal)
}

// save writes the flow down.
func (t *talk) save() error {
	data, err := t.s.encode()
	if err != nil {
		return err
	}
	t.rec.State = data
	return t.tx.PutFlow(t.rec)
}

// end closes the flow; its last page stays readable until it is swept. What a method kept is of no use any more.
func (t *talk) end(at spot) {
	t.s.At, t.s.Kind, t.s.Attempts = at, "", nil
	t.rec.Ended = t.now
}
