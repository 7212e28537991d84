package worker

import (
	"context"
	"errors"
	"regexp"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// receiptTime is how long a receipt waits for what came of the message to be recorded. Providers are quicker at times than the commit
// that says which message a receipt is for.
const receiptTime = 5 * time.Second

// TakeReceipt implements port.Receipts. It may wait for some seconds, for messages whose provider's answer is on its way: who reads
// that answer must not wait for it.
func (w *Worker) TakeReceipt(ctx context.Context, r port.Receipt) error {
	under := w.out.whose(r.Provider)
	timed, cancel := context.WithTimeout(ctx, receiptTime)
	defer cancel()
	next := anyOf(timed, under)
	for left := len(under); ; left-- {
		err := w.noteReceipt(ctx, r)
		if !errors.Is(err, port.ErrNotFound) || left == 0 {
			return err
		}
		select {
		case <-timed.Done():
			return err
		case <-next:
		}
	}
}

// anyOf says of each message once it is recorded, in the order in which they are: one that hangs keeps none waiting.
func anyOf(ctx context.Context, under []<-chan struct{}) <-chan struct{} {
	next := make(chan struct{}, len(under))
	for _, recorded := range under {
		go func() {
			select {
			case <-recorded:
				next <- struct{}{}
			case <-ctx.Done():
			}
		}()
	}
	return next
}

// noteReceipt records what a provider said of a message that it took. Its first word stands.
func (w *Worker) noteReceipt(ctx context.Context, said port.Receipt) error {
	old := false
	err := w.core.View(ctx, func(tx *core.Tx) error { // what nobody knows waits for no other's commit, nor what is no news
		r, err := receiptOf(tx, said)
		old = said.Taken && !r.Delivered.IsZero()
		return err
	})
	if err != nil || old {
		return err
	}
	return w.core.Update(ctx, func(tx *core.Tx) error {
		r, err := receiptOf(tx, said)
		if err != nil || !r.Arrived.IsZero() || !r.Undelivered.IsZero() {
			return err
		}
		if r.Delivered.IsZero() {
			if err := w.take(tx, &r, said); err != nil {
				return err
			}
		}
		if said.Taken {
			return tx.PutOutbox(r)
		}
		code := ""
		if said.Arrived {
			r.Arrived = w.core.Now()
		} else {
			r.Undelivered, code = w.core.Now(), reasonCode(said.Reason)
		}
		if err := tx.LogReceipt(r, code); err != nil {
			return err
		}
		return tx.PutOutbox(r)
	})
}

// receiptOf gives the message that a receipt is about: one that its provider took, or one that it may have taken, as nobody knows who
// did. What never arrives by that one may still by another.
func receiptOf(tx *core.Tx, said port.Receipt) (port.OutboxRecord, error) {
	r, err := tx.OutboxByReceipt(said.Provider, said.ID)
	if !errors.Is(err, port.ErrNotFound) || said.Message == "" || !said.Taken && !said.Arrived {
		return r, err
	}
	r, err = tx.Outbox(said.Message)
	if err == nil && (!r.Delivered.IsZero() || !r.Failed.IsZero()) {
		return r, port.ErrNotFound
	}
	return r, err
}

// take records that a provider has a message whose answer was lost, or is still on its way.
func (w *Worker) take(tx *core.Tx, r *port.OutboxRecord, said port.Receipt) error {
	attempt := port.Attempt{Provider: said.Provider, Outcome: port.Taken, Receipt: said.ID}
	if err := tx.LogMessage(core.MessageSent, *r, attempt); err != nil {
		return err
	}
	r.Delivered, r.Leased, r.Provider, r.Receipt = w.core.Now(), time.Time{}, said.Provider, said.ID
	r.Forget()
	return nil
}

var (
	codeForm   = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,32}$`)
	longNumber = regexp.MustCompile(`[0-9]{7}`) // of a telephone
)

// reasonCode is a provider's code as the audit trail may hold it: no words, and no number that somebody could call.
func reasonCode(code string) string {
	if !codeForm.MatchString(code) || longNumber.MatchString(code) {
		return "no_code"
	}
	return code
}

// out are the messages that are with a provider, or whose outcome is not recorded yet.
type out struct {
	mu   sync.Mutex
	each map[string]underWay // by message
	by   map[string]app.Kind // the channel of each provider that was asked; empty: several
}

// underWay is one of them; recorded is closed once it is.
type underWay struct {
	channel  app.Kind
	recorded chan struct{}
}

func (o *out) enter(r port.OutboxRecord) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.each == nil {
		o.each, o.by = make(map[string]underWay), make(map[string]app.Kind)
	}
	if _, there := o.each[r.ID]; !there {
		o.each[r.ID] = underWay{r.Message.Channel, make(chan struct{})}
	}
}

// asked notes whose messages a provider carries.
func (o *out) asked(provider string, channel app.Kind) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if before, known := o.by[provider]; known && before != channel {
		channel = ""
	}
	o.by[provider] = channel
}

func (o *out) leave(all ...carried) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range all {
		if u, there := o.each[c.record.ID]; there {
			close(u.recorded)
			delete(o.each, c.record.ID)
		}
	}
}

// whose gives, for each that may be with a provider, what is closed once it is recorded.
func (o *out) whose(provider string) []<-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []<-chan struct{}
	for _, u := range o.each {
		if channel := o.by[provider]; channel == "" || channel == u.channel {
			all = append(all, u.recorded)
		}
	}
	return all
}
