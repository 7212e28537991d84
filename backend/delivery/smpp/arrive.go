package smpp

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/port"
)

const (
	mostArrived = 1000             // receipts that wait to be taken
	mostEarly   = 256              // receipts that came before their texts were recorded
	takeTime    = 10 * time.Second // for one
)

// earlyWaits are the waits after which a receipt is tried again that came before its text was recorded.
var earlyWaits = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute}

// arrived is a receipt that came, and where it is to be answered.
type arrived struct {
	inbound
	receipt receipt
}

// early is a receipt that waits for its text to be recorded.
type early struct {
	receipt port.Receipt
	due     time.Time
	tries   int
}

// arrive takes what a session's centre delivers: a receipt waits for its turn, and a text of a person is answered and let go.
func (c *Centre) arrive(in inbound) {
	d, err := readDelivered(in.frame)
	if err != nil {
		answerDelivered(in, data.ESME_RX_P_APPN) // it would come again as it is
		return
	}
	r, is := receiptIn(d)
	if !is || !r.final || c.config.Receipts == nil {
		answerDelivered(in, data.ESME_ROK)
		return
	}
	select {
	case c.arrived <- arrived{in, r}:
	default:
		answerDelivered(in, data.ESME_RX_T_APPN) // it comes again
	}
}

// takeReceipts has receipts noted until Close. A centre gets its answer when that is done.
func (c *Centre) takeReceipts() {
	var waiting []early
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(untilNext(waiting))
		select {
		case <-c.running.Done():
			return
		case <-timer.C:
			waiting = c.tryEarly(waiting)
		case a := <-c.arrived:
			missed, status := c.takeReceipt(a.receipt)
			answerDelivered(a.inbound, status)
			if missed != nil && len(waiting) < mostEarly {
				waiting = append(waiting, early{receipt: *missed, due: time.Now().Add(earlyWaits[0])})
			}
		}
	}
}

// untilNext is how long until the next of those that wait is due.
func untilNext(waiting []early) time.Duration {
	next := time.Hour
	for _, e := range waiting {
		next = min(next, max(time.Until(e.due), 0))
	}
	return next
}

// takeReceipt has a receipt noted under the first ID by which its text is known, and gives what to answer. What this process sent, and
// nobody knows yet, is given back, to be tried again: that a text was taken is recorded a moment after it was.
func (c *Centre) takeReceipt(r receipt) (missed *port.Receipt, answer data.CommandStatusType) {
	for _, id := range r.ids {
		all, ours := c.ids.candidates(id, r.from)
		for _, candidate := range all {
			noted := port.Receipt{Provider: c.Name(), ID: candidate, Arrived: r.arrived, Reason: r.reason()}
			err := c.note(noted)
			switch {
			case err == nil:
				return nil, data.ESME_ROK
			case !errors.Is(err, port.ErrNotFound):
				c.config.Log.Warn("a receipt could not be noted", "centre", c.Name(), "error", err)
				return nil, data.ESME_RX_T_APPN
			case ours:
				return &noted, data.ESME_ROK
			}
		}
	}
	return nil, data.ESME_ROK // of a text that was given up long ago, or of another server
}

func (c *Centre) note(r port.Receipt) error {
	ctx, cancel := context.WithTimeout(c.running, takeTime)
	defer cancel()
	return c.config.Receipts.TakeReceipt(ctx, r)
}

// takeLate says that a text was taken, as nobody waits for the answer any more that said so. It is called where answers are read, and
// holds none up.
func (c *Centre) takeLate(t *text, id string) {
	if c.config.Receipts == nil || id == "" {
		return
	}
	c.all.Go(func() {
		if err := c.note(port.Receipt{Provider: c.Name(), ID: id, Message: t.id, Taken: true}); err != nil && !errors.Is(err, port.ErrNotFound) {
			c.config.Log.Warn("a receipt could not be noted", "centre", c.Name(), "error", err)
		}
	})
}

// tryEarly tries those again that are due.
func (c *Centre) tryEarly(waiting []early) []early {
	now := time.Now()
	for i := range waiting {
		e := &waiting[i]
		if now.Before(e.due) {
			continue
		}
		if err := c.note(e.receipt); err == nil {
			e.tries = len(earlyWaits)
		} else {
			e.tries++
		}
		if e.tries < len(earlyWaits) {
			e.due = now.Add(earlyWaits[e.tries])
		}
	}
	return slices.DeleteFunc(waiting, func(e early) bool { return e.tries >= len(earlyWaits) })
}
