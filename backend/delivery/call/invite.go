package call

import (
	"context"
	"errors"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"github.com/sparekey/sparekey/backend/delivery/call/media"
	"github.com/sparekey/sparekey/backend/port"
)

// calling is one INVITE on its way.
type calling struct {
	*ongoing
	tx    sip.ClientTransaction
	heard bool // a provisional reply has come
	tries int
	fresh bool             // the connection is known to be alive
	bell  <-chan time.Time // it has rung for long enough
}

// call sends the INVITE, and the next one where the server wants a proof, or speech encrypted, until it has its last reply. Errors
// are *Failure.
func (o *ongoing) call() (*sip.Response, error) {
	c := &calling{ongoing: o, fresh: o.endpoint.udp != nil}
	for {
		c.tries++
		res, err := c.try()
		if errors.Is(err, errStale) {
			if err = c.reconnect(); err == nil {
				continue
			}
			err = o.fail(stepOf(err), err)
		}
		if err != nil {
			return nil, err
		}
		if res.IsSuccess() {
			c.tx.OnRetransmission(func(*sip.Response) { _ = o.acknowledge() })
			return res, nil
		}
		if err := c.again(res); err != nil {
			step := StepInvite
			if o.told {
				step = StepRinging
			}
			return nil, o.fail(step, err)
		}
	}
}

// errStale says that a connection that was kept had ended meanwhile.
var errStale = errors.New("the connection had ended")

// try sends the INVITE and waits for its last reply. Errors are *Failure, or errStale.
func (c *calling) try() (*sip.Response, error) {
	err := c.send()
	switch {
	case err == nil:
		return c.await()
	case c.fresh:
		return nil, c.fail(StepInvite, err)
	}
	return nil, errStale
}

// reconnect prepares the same INVITE for another connection, once.
func (c *calling) reconnect() error {
	c.fresh = true
	c.tries--
	c.endpoint.forget(c.by)
	by, err := c.endpoint.connect(c.trial)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by = by
	c.invite = c.invite.Clone()
	c.invite.RemoveHeader("Via")
	c.invite.RemoveHeader("Contact")
	c.invite.AppendHeader(c.endpoint.contact(by.port))
	c.invite.CSeq().SeqNo++
	c.seq = c.invite.CSeq().SeqNo
	return nil
}

// send begins a transaction.
func (c *calling) send() (err error) {
	c.heard = false
	c.tx, err = c.endpoint.client.TransactionRequest(c.trial, c.invite, build)
	return err
}

// await waits for the last reply. A phone that rings for too long, who does not wait any more, and a message that is of no use any more
// end the call. Errors are *Failure.
func (c *calling) await() (*sip.Response, error) {
	looks := time.NewTicker(c.provider.config.Look)
	defer looks.Stop()
	for {
		select {
		case res := <-c.tx.Responses():
			c.fresh = true
			if !res.IsProvisional() {
				return res, nil
			}
			c.provisional(res)
		case <-c.tx.Done():
			if !c.fresh {
				return nil, errStale
			}
			return nil, c.fail(c.step(), errors.Join(errSilent, c.tx.Err()))
		case <-c.bell:
			f := c.fail(StepRinging, errNoRing)
			f.Reason = ReasonNoAnswer
			c.cancel()
			return nil, f
		case <-looks.C:
			c.lookNow()
		case why := <-c.vain:
			f := c.fail(c.step(), errPointless)
			f.Reason, f.kind = why, port.ErrUndeliverable
			c.cancel()
			return nil, f
		case <-c.trial.Done():
			why := errSilent
			if c.provider.life.Err() != nil {
				why = errClosed
			} else if !c.heard {
				c.provider.next()
			}
			f := c.fail(c.step(), why)
			c.cancel()
			return nil, f
		}
	}
}

func (c *calling) step() Step {
	if c.told {
		return StepRinging
	}
	return StepInvite
}

// provisional takes a reply that is not the last. From the first that the phone rings on, nobody waits; a peer that says it again and
// again can't hold up the end.
func (c *calling) provisional(res *sip.Response) {
	c.heard = true
	if res.StatusCode <= 100 || c.told {
		return
	}
	c.bell = time.After(c.ringsFor())
	c.tell(Finding{Step: StepInvite, About: c.number.user, Said: said{res.StatusCode, res.Reason}.Error()})
	c.tell(Finding{Step: StepRinging, About: c.number.user})
	c.ring(nil)
	c.trial = c.provider.life
}

// ringsFor is how long it may ring: not for longer than what is said would be good.
func (c *calling) ringsFor() time.Duration {
	most := c.provider.config.Ring
	if by := port.CallBy(c.message.Expires); !by.IsZero() {
		return min(most, by.Sub(c.provider.config.Talk.Clock.Now()))
	}
	return most
}

// again prepares the next INVITE, if a refusal asks for one; otherwise it gives the refusal. A place that the server names instead
// is not called: it could be anybody's.
func (c *calling) again(res *sip.Response) error {
	refused := said{res.StatusCode, res.Reason}
	c.mu.Lock()
	c.invite = c.invite.Clone() // the library may still acknowledge the refusal again
	c.mu.Unlock()
	switch {
	case c.tries >= mostTries:
		return refused
	case res.StatusCode == sip.StatusUnauthorized, res.StatusCode == sip.StatusProxyAuthRequired:
		if err := c.provider.authorise(c.invite, res); err != nil {
			return errors.Join(refused, err)
		}
	case (res.StatusCode == 488 || res.StatusCode == 606) && c.provider.config.Security == media.SecureOffer && !c.secure:
		c.secure = true
		c.invite.SetBody(c.media.Offer(true))
		c.invite.RemoveHeader("Via")
		c.invite.CSeq().SeqNo++
	default:
		return refused
	}
	c.mu.Lock()
	c.seq = c.invite.CSeq().SeqNo
	c.mu.Unlock()
	return nil
}

// cancel takes an INVITE back (RFC 3261, 9.1), in the background: before a reply that may not be done, and a server may ignore it.
// Somebody who picks up in this moment is hung up on.
func (c *calling) cancel() {
	e, p := c.endpoint, c.provider
	p.mu.Lock()
	p.all[e]++
	p.mu.Unlock()
	p.back.Go(func() {
		defer close(c.back)
		defer p.leave(e)
		defer c.tx.Terminate()
		if c.heard {
			c.sendCancel()
		}
		limit := time.NewTimer(64 * sip.T1)
		defer limit.Stop()
		for {
			select {
			case res := <-c.tx.Responses():
				switch {
				case res.IsProvisional() && !c.heard:
					c.heard = true
					c.sendCancel()
				case res.IsSuccess():
					c.mu.Lock()
					c.answer = res
					c.mu.Unlock()
					_ = c.acknowledge()
					c.hangUp()
					return
				case !res.IsProvisional():
					return
				}
			case <-c.tx.Done():
				return
			case <-limit.C:
				return
			}
		}
	})
}

// sendCancel sends the CANCEL, whose Via is the INVITE's. What is replied means nothing.
func (c *calling) sendCancel() {
	req := c.endpoint.request(sip.CANCEL, c.invite.Recipient)
	for _, h := range []sip.Header{c.invite.Via(), c.invite.MaxForwards(), c.invite.From(), c.invite.To(), c.invite.CallID()} {
		req.AppendHeader(sip.HeaderClone(h))
	}
	req.AppendHeader(&sip.CSeqHeader{SeqNo: c.invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.SetBody(nil)
	req.Laddr = c.invite.Laddr
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
		defer cancel()
		_, _ = c.endpoint.client.Do(ctx, req, asItIs)
	}()
}

// asItIs sends a request as it was written.
func asItIs(*sipgo.Client, *sip.Request) error { return nil }
