package flow

import (
	"context"
	"errors"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// A call that asks for digits names the flow that it belongs to, and itself: what is typed answers that call alone.
func callRef(id app.FlowID, call string) string { return string(id) + "." + call }

// Keyed takes the digits that were typed on the telephone during a call; ref is the message's Call. Whoever carries calls
// reports it, in this process; no API leads here. Like an input it is one transaction and leaves an entry in the audit
// trail. nil: they were the ones that the page shows. CodeWrongCode and its like: a try is gone, and the call is over.
// CodeNotNow, CodeNoFlow, CodeEnded, CodeExpired: nobody waits for this call any more, nothing was counted.
func (s *Flows) Keyed(ctx context.Context, ref string, digits app.Secret) error {
	o, release := s.begin(ctx)
	defer release()
	id, call, _ := strings.Cut(ref, ".")
	sub := submission{id: app.FlowID(id), in: app.Keyed{Call: call, Digits: digits}}
	var refusal *app.Error
	err := o.Update(ctx, func(tx *core.Tx) error {
		refusal = nil
		f, err := o.load(tx, sub.id)
		if errors.Is(err, port.ErrNotFound) {
			refusal = &app.Error{Code: app.CodeNoFlow}
			return nil
		}
		if err != nil {
			return err
		}
		refusal, err = f.keyed(sub.in)
		return err
	})
	if err != nil {
		return o.failed(sub, err)
	}
	if refusal != nil {
		return o.Stamp(refusal, "")
	}
	return nil
}

// keyed gives the method at hand what was typed, and persists what came of it.
func (f *flow) keyed(in app.Input) (refusal *app.Error, err error) {
	kind := f.s.Kind
	if refusal, err = f.over(); err != nil {
		return nil, err
	}
	switch {
	case refusal != nil:
	case !f.takes(in):
		refusal = &app.Error{Code: app.CodeNotNow}
	default:
		f.s.Notice = nil
		err = f.turn(in)
	}
	if err != nil {
		if !core.IsRefusal(err) {
			return nil, err
		}
		errors.As(err, &refusal)
	}
	e := event{action: string(f.rec.Purpose) + ".keyed", result: core.Succeeded, method: kind}
	if refusal != nil {
		e.result, e.reason = core.ResultOf(refusal.Code), refusal.Code
	}
	if refusal == nil || f.counted {
		if f.counted && f.s.At == atMethod {
			f.s.Notice = &app.Notice{Code: app.NoticeCallWrong, Kind: kind}
		}
		f.rec.Rev++
		if err := f.save(); err != nil {
			return nil, err
		}
	}
	return refusal, f.audit(e)
}
