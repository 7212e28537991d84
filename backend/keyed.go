package backend

import (
	"context"
	"errors"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// A call that asks for digits names the flow that it belongs to, and itself: what is typed answers that call alone.
func callRef(id app.FlowID, call string) string { return string(id) + "." + call }

// Keyed takes the digits that were typed on the telephone during a call; ref is the message's Call. Whoever carries calls
// reports it, in this process; no API leads here. Like an input it is one transaction and leaves an entry in the audit
// trail. nil: they were the ones that the page shows. CodeWrongCode and its like: a try is gone, and the call is over.
// CodeNotNow, CodeNoFlow, CodeEnded, CodeExpired: nobody waits for this call any more, nothing was counted.
func (b *Backend) Keyed(ctx context.Context, ref string, digits app.Secret) error {
	id, call, _ := strings.Cut(ref, ".")
	q := question{id: app.FlowID(id), in: app.Keyed{Call: call, Digits: digits}}
	var refusal *app.Error
	err := b.update(ctx, func(tx *tx) error {
		refusal = nil
		t, err := b.load(tx, q)
		if errors.Is(err, port.ErrNotFound) {
			refusal = &app.Error{Code: app.CodeNoFlow}
			return nil
		}
		if err != nil {
			return err
		}
		refusal, err = t.keyed(q.in)
		return err
	})
	if err != nil {
		return b.failed(q, err)
	}
	if refusal != nil {
		return b.stamp(refusal, "")
	}
	return nil
}

// keyed gives the method at hand what was typed, and persists what came of it.
func (t *talk) keyed(in app.Input) (refusal *app.Error, err error) {
	kind := t.s.Kind
	switch {
	case !t.rec.Ended.IsZero():
		refusal = &app.Error{Code: app.CodeEnded}
	case t.expired():
		refusal = &app.Error{Code: app.CodeExpired}
	case !t.takes(in):
		refusal = &app.Error{Code: app.CodeNotNow}
	default:
		t.s.Notice = nil
		err = t.turn(in)
	}
	if err != nil {
		if !isRefusal(err) {
			return nil, err
		}
		errors.As(err, &refusal)
	}
	e := event{action: string(t.rec.Purpose) + ".keyed", result: resultSucceeded, method: kind}
	if refusal != nil {
		e.result, e.reason = resultOf(refusal.Code), refusal.Code
	}
	if refusal == nil || t.counted {
		if t.counted && t.s.At == atMethod {
			t.s.Notice = &app.Notice{Code: app.NoticeCallWrong, Kind: kind}
		}
		t.rec.Rev++
		if err := t.save(); err != nil {
			return nil, err
		}
	}
	return refusal, t.audit(e)
}
