package smpp

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
)

// receiptTime is how long an examination waits for a receipt.
const receiptTime = 5 * time.Second

// Examine implements examine.Provider. It makes a session of its own.
func (c *Centre) Examine(ctx context.Context, m app.Message, tell func(examine.Finding)) bool {
	m.ID = "" // of which nothing is remembered
	t, err := c.prepare(ctx, m)
	if err != nil {
		var f *Failure
		errors.As(err, &f)
		c.tellFailure(tell, f.Step, f.Said)
		return false
	}
	tell(examine.Finding{Step: string(StepNumber), About: m.To})
	tell(examine.Finding{Step: string(StepText), About: t.name, Params: map[string]string{"parts": strconv.Itoa(len(t.parts))}})
	came := make(chan receipt, mostArrived)
	s, err := c.open(ctx, func(in inbound) { collect(in, came) }, tell)
	if err != nil {
		return false
	}
	defer s.leave()
	id, err := c.hand(ctx, s, t)
	if err != nil {
		var f *Failure
		errors.As(err, &f)
		c.tellFailure(tell, f.Step, f.Said)
		return false
	}
	tell(examine.Finding{Step: string(StepSubmit), About: c.Name()})
	tell(examine.Finding{Step: string(StepAnswer), About: c.Name(), Said: strings.TrimSpace("ESME_ROK " + id)})
	return c.awaitReceipt(ctx, came, id, tell)
}

// collect answers what comes during an examination, and keeps receipts.
func collect(in inbound, came chan<- receipt) {
	d, err := readDelivered(in.frame)
	if err == nil {
		if r, is := receiptIn(d); is && r.final {
			select {
			case came <- r:
			default:
			}
		}
	}
	answerDelivered(in, data.ESME_ROK)
}

// awaitReceipt waits a while for the text's receipt, and reports whether none says that it did not arrive.
func (c *Centre) awaitReceipt(ctx context.Context, came <-chan receipt, id string, tell func(examine.Finding)) bool {
	wait := time.NewTimer(receiptTime)
	defer wait.Stop()
	for {
		select {
		case r := <-came:
			if !c.isOf(r, id) {
				continue
			}
			said := strings.TrimSpace(printable(r.state) + " " + r.code)
			f := examine.Finding{Step: string(StepReceipt), About: c.Name(), Said: said}
			if !r.arrived {
				f.Remedy = string(RemedyUndelivered)
			}
			tell(f)
			return r.arrived
		case <-wait.C:
		case <-ctx.Done():
		}
		tell(examine.Finding{Step: string(StepNone), About: c.Name(), Params: map[string]string{"seconds": fmt.Sprint(int(receiptTime.Seconds()))}})
		return true
	}
}

// isOf reports whether a receipt is of the text that has an ID.
func (c *Centre) isOf(r receipt, id string) bool {
	for _, named := range r.ids {
		all, _ := c.ids.candidates(named, r.from)
		for _, candidate := range all {
			if plain(candidate) == plain(id) {
				return true
			}
		}
	}
	return false
}
