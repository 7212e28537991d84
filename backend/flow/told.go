package flow

import (
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// What becomes of a code's message is told on its page, but to nobody before a first proof in private disclosure: a message that
// can't be delivered, or that goes to nobody, would tell whose ways these are. There the page says the same to everybody, and nothing
// is read for it.

// told is the step at hand, with what became of the message that it waits for.
func (f *flow) told(step app.Step) (app.Step, error) {
	if f.s.At != atMethod || f.secretive() || f.s.attempt().Message == "" {
		return step, nil
	}
	r, err := f.tx.Outbox(f.s.attempt().Message)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return step, nil
	case err != nil:
		return nil, err
	}
	switch step := step.(type) {
	case app.EnterCode:
		step.Delivery, step.Handed = deliveryOf(r, f.now), r.Delivered
		return step, nil
	case app.ConfirmOnPhone:
		step.Delivery, step.Handed = deliveryOf(r, f.now), r.Delivered
		return step, nil
	}
	return step, nil
}

// drop gives up a message of this flow that waits: its code is dead by now, and would only mislead who gets it late. One that
// somebody is at goes its way, and is not tried again. Where nothing may be read for it, whoever is about to send it learns that it is
// dead (Pointless).
func (f *flow) drop(message string) error {
	if message == "" || f.secretive() {
		return nil
	}
	r, err := f.tx.Outbox(message)
	switch {
	case errors.Is(err, port.ErrNotFound):
		return nil
	case err != nil:
		return err
	case !r.Delivered.IsZero() || !r.Failed.IsZero():
		return nil
	case r.Leased.After(f.now):
		r.Expires = f.now
		return f.tx.PutOutbox(r)
	}
	r.Failed = f.now
	if err := f.tx.LogMessage(core.MessageFailed, r, port.Attempt{Outcome: replaced}); err != nil {
		return err
	}
	r.Forget()
	return f.tx.PutOutbox(r)
}

// After how long a message that nobody took is late. A call is taken only once it is over.
const (
	late     = 10 * time.Second
	lateCall = time.Minute
)

// deliveryOf is how far a message has come.
func deliveryOf(r port.OutboxRecord, now time.Time) app.Delivery {
	usual := late
	if r.Message.Channel == app.KindVoice {
		usual = lateCall
	}
	switch {
	case !r.Undelivered.IsZero():
		return app.DeliveryUndelivered
	case !r.Arrived.IsZero():
		return app.DeliveryArrived
	case !r.Delivered.IsZero():
		return app.DeliveryTaken
	case !r.Failed.IsZero():
		return app.DeliveryGivenUp
	case now.Sub(r.Created) >= usual:
		return app.DeliveryLate
	}
	return app.DeliveryOnItsWay
}
