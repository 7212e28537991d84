package smpp

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/linxGnu/gosmpp/data"
	"github.com/linxGnu/gosmpp/pdu"

	"github.com/sparekey/sparekey/app"
)

// text is a message as it is handed over.
type text struct {
	encoded
	id       string // the message's; empty: nothing is remembered of it
	from, to pdu.Address
	urgent   bool
	expires  time.Time // zero: it has a point as long as the centre keeps it
}

// errTooLate says that a code is over.
var errTooLate = errors.New("the code is over")

// prepare writes a text. Errors are *Failure.
func (c *Centre) prepare(ctx context.Context, m app.Message) (*text, error) {
	to, err := receiverAddress(m.To)
	if err != nil {
		return nil, c.fail(StepNumber, err)
	}
	words, err := c.config.Texts(ctx, m)
	if err != nil {
		return nil, c.fail(StepText, err)
	}
	t := &text{id: m.ID, to: to, urgent: m.Code != "", expires: m.Expires}
	if t.encoded, err = encode(words, c.config.Alphabet); err != nil {
		return nil, c.fail(StepText, err)
	}
	if t.from, err = senderAddress(c.config.From); err != nil {
		return nil, c.fail(StepText, err)
	}
	return t, nil
}

// sum tells one text from another that has the same message.
func (t *text) sum() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, part := range t.parts {
		_, _ = fmt.Fprintf(h, "%d:", len(part))
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

// part makes one part of a text (SMPP 3.4, 4.4.1). A receipt is asked for with the last one, by whose ID the text is known.
func (t *text) part(i int, ref byte, m *manner, now time.Time) *pdu.SubmitSM {
	p := pdu.NewSubmitSM().(*pdu.SubmitSM)
	p.SourceAddr, p.DestAddr = t.from, t.to
	_ = p.Message.SetMessageDataWithEncoding(t.parts[i], t.coding) // 160 octets at most
	if len(t.parts) > 1 {
		p.EsmClass |= data.SM_UDH_GSM
		p.Message.SetUDH(pdu.UDH{pdu.NewIEConcatMessage(byte(len(t.parts)), byte(i+1), ref)})
	}
	m.apply(p, t, i == len(t.parts)-1, now)
	return p
}

// hand hands every part of a text over, one after the other, but for those that the centre took before.
func (c *Centre) hand(ctx context.Context, s *session, t *text) (receipt string, err error) {
	known := c.memory.of(t)
	for i := range t.parts {
		id, taken := known.taken(i)
		if !taken {
			if id, err = c.handPart(ctx, s, t, i, known); err != nil {
				return "", err
			}
			known.take(i, id)
		}
		receipt = id
	}
	return receipt, nil
}

// handPart hands one part over. Where the centre does not like what is optional, it goes without.
func (c *Centre) handPart(ctx context.Context, s *session, t *text, i int, known *handed) (id string, err error) {
	for {
		if status := c.pause.status(time.Now()); status != 0 {
			f := c.fail(StepAnswer, statusError{status})
			f.Said = errors.Join(errResting, f.Said)
			return "", f
		}
		now := c.config.Clock.Now()
		if !t.expires.IsZero() && !now.Before(t.expires) {
			return "", c.fail(StepSubmit, errTooLate)
		}
		last := i == len(t.parts)-1
		late := func(f frame) {
			if id, err := idIn(f); err == nil {
				known.take(i, id)
				if last {
					c.ids.submitted(id, t.to.Address())
					c.takeLate(t, id)
				}
			}
		}
		f, err := s.submit(ctx, t.part(i, known.ref, &c.manner, now), late)
		switch {
		case errors.Is(err, errUnanswered):
			failed := c.fail(StepAnswer, err)
			failed.awaited = last && c.config.Receipts != nil && !s.isOver()
			return "", failed
		case err != nil:
			return "", c.fail(StepSubmit, err)
		}
		id, err := idIn(f)
		if err == nil {
			c.pause.end()
			if last {
				c.ids.submitted(id, t.to.Address())
			}
			return id, nil
		}
		if !c.manner.adapt(f.CommandStatus) {
			return "", c.refused(s, f.CommandStatus, err)
		}
	}
}

// refused is a failure by a centre's answer, with what follows for the texts after it.
func (c *Centre) refused(s *session, status data.CommandStatusType, err error) *Failure {
	switch {
	case asksForPause(status):
		c.pause.begin(time.Now(), status)
	case status == data.ESME_RINVBNDSTS: // it does not know that Sparekey is bound
		s.end(err)
	}
	return c.fail(StepAnswer, err)
}

// idIn gives the ID under which a centre took a part; empty where it gave none that can be read. The error is a statusError.
func idIn(f frame) (string, error) {
	if f.CommandStatus != data.ESME_ROK || f.CommandID == data.GENERIC_NACK {
		return "", statusError{f.CommandStatus}
	}
	p, err := f.parse()
	if answer, is := p.(*pdu.SubmitSMResp); err == nil && is {
		return cleanID(answer.MessageID), nil
	}
	return "", nil
}

// manner is what a centre takes of what is optional. What it refuses once it is not asked again.
type manner struct {
	mu        sync.Mutex
	noUrgent  bool
	absolute  bool // the time of validity
	noExpiry  bool
	noReceipt bool
}

// apply asks for what the centre takes.
func (m *manner) apply(p *pdu.SubmitSM, t *text, last bool, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t.urgent && !m.noUrgent {
		p.PriorityFlag = 1
	}
	if last && !m.noReceipt {
		p.RegisteredDelivery = 1 // SMPP 3.4, 5.2.17: when it has arrived, and when it has not
	}
	if !t.expires.IsZero() && !m.noExpiry {
		p.ValidityPeriod = validity(t.expires, now, m.absolute)
	}
}

// adapt does without what the centre does not take, and reports whether that is another way.
func (m *manner) adapt(status data.CommandStatusType) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, way := range []struct {
		refused data.CommandStatusType
		set     *bool
	}{
		{data.ESME_RINVPRTFLG, &m.noUrgent}, {data.ESME_RINVREGDLVFLG, &m.noReceipt},
		{data.ESME_RINVEXPIRY, &m.absolute}, {data.ESME_RINVEXPIRY, &m.noExpiry},
	} {
		if status == way.refused && !*way.set {
			*way.set = true
			return true
		}
	}
	return false
}

// validity is until when a centre tries to deliver (SMPP 3.4, 7.1.1): from when it took the text, or in UTC.
func validity(expires, now time.Time, absolute bool) string {
	if absolute {
		return expires.UTC().Format("060102150405") + "000+"
	}
	left := max(expires.Sub(now), time.Second).Truncate(time.Second)
	hours, minutes, seconds := int(left.Hours()), int(left.Minutes())%60, int(left.Seconds())%60
	return fmt.Sprintf("0000%02d%02d%02d%02d000R", hours/24, hours%24, minutes, seconds)
}

// The waits after a centre asked for less.
const (
	firstPause = time.Second
	lastPause  = 10 * time.Second
)

// pause is a time in which nothing is submitted, since the centre wants less. Each one that follows another is twice as long.
type pause struct {
	mu    sync.Mutex
	until time.Time
	long  time.Duration
	why   data.CommandStatusType
}

func (p *pause) begin(now time.Time, why data.CommandStatusType) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.until) {
		return // another text was on its way
	}
	p.long = min(max(2*p.long, firstPause), lastPause)
	p.until, p.why = now.Add(p.long), why
}

func (p *pause) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.long = 0
}

// status is why there is a pause; 0 where there is none.
func (p *pause) status(now time.Time) data.CommandStatusType {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.until) {
		return p.why
	}
	return 0
}
