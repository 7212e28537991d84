package core

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// A message that a commit puts into the outbox is carried out by this process at once, where it can be: it is leased by the same
// commit, and handed over after it. What can't be handed over waits in the outbox for the worker.

// Carrier carries messages out that a commit of this process put into the outbox.
type Carrier interface {
	// Promise keeps a place free for messages of a channel, if there is one, and says until when they are to be leased, and by
	// which channels messages go that they must not overtake. Break or Carry gives the place back.
	Promise(channel app.Kind) (until time.Time, channels []app.Kind, free bool)
	Break(channel app.Kind)
	// Carry carries messages out, one after the other.
	Carry(channel app.Kind, all []port.OutboxRecord)
}

// handover is what is promised to be carried out: one account's messages of a channel that are equally urgent, in their order.
type handover struct {
	to       Carrier
	messages []port.OutboxRecord
}

// CarryBy hands messages over to a carrier from now on; nil for to nobody.
func (c *Core) CarryBy(carrier Carrier) {
	if carrier == nil {
		c.carrier.Store(nil)
		return
	}
	c.carrier.Store(&carrier)
}

// Enqueue puts a message into the outbox, a code before any notice, and has it carried out after the commit.
func (t *Tx) Enqueue(r port.OutboxRecord) error {
	r.Urgent = r.Message.Code != "" || r.Message.Call != ""
	if before := t.handedLike(r); before != nil {
		last := before.messages[len(before.messages)-1]
		r.Leased, r.Turn = last.Leased, last.Turn
		before.messages = append(before.messages, r)
		return t.Tx.Enqueue(r)
	}
	if handed, err := t.promise(r); handed || err != nil {
		return err
	}
	t.queued = true
	return t.Tx.Enqueue(r)
}

// handedLike is the handover behind which a message can stand.
func (t *Tx) handedLike(r port.OutboxRecord) *handover {
	for _, h := range t.handed {
		first := h.messages[0]
		if first.Account == r.Account && first.Urgent == r.Urgent && first.Message.Channel == r.Message.Channel {
			return h
		}
	}
	return nil
}

// promise enqueues a message that is handed over, if it can be.
func (t *Tx) promise(r port.OutboxRecord) (handed bool, err error) {
	carrier := t.core.carrier.Load()
	if carrier == nil {
		return false, nil
	}
	channel := r.Message.Channel
	until, channels, free := (*carrier).Promise(channel)
	if !free {
		return false, nil
	}
	r, err = t.EnqueueLeased(r, until, channels)
	if err != nil || r.Leased.IsZero() {
		(*carrier).Break(channel)
		t.queued = true
		return true, err
	}
	t.handed = append(t.handed, &handover{to: *carrier, messages: []port.OutboxRecord{r}})
	return true, nil
}

// handOver has the messages carried out that are durable now, or gives their places back.
func (t *Tx) handOver(durable bool) {
	for _, h := range t.handed {
		if durable {
			h.to.Carry(h.messages[0].Message.Channel, h.messages)
		} else {
			h.to.Break(h.messages[0].Message.Channel)
		}
	}
	t.handed = nil
}
