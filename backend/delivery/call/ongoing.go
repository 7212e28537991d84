package call

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/call/media"
	"github.com/sparekey/sparekey/backend/delivery/spoken"
	"github.com/sparekey/sparekey/backend/port"
)

// ongoing is one call, from its first message to its last.
type ongoing struct {
	provider *Provider
	message  app.Message
	number   number
	tell     func(Finding)
	id       string // Call-ID
	mine     string // tag

	rings chan error // gets one: nil where it rings
	told  bool       // it has it
	trial context.Context
	drop  context.CancelFunc // gives up, as long as it does not ring
	ended chan struct{}      // closed when all is over
	back  chan struct{}      // closed when it was taken back
	vain  chan string        // gets why nobody waits for it any more
	taken bool               // the person heard it

	endpoint *endpoint
	by       reached
	media    *media.Session
	secure   bool // speech is offered encrypted alone

	mu     sync.Mutex // guards what follows: the peer's requests come in goroutines of the library
	invite *sip.Request
	answer *sip.Response
	seq    uint32 // of the last request
	theirs uint32 // of the peer's last
	over   bool   // the peer hung up
	late   bool   // the next ACK has the peer's answer to an offer of ours
}

// mostCall bounds what is spoken.
const mostCall = 5 * time.Minute

func (p *Provider) newOngoing(m app.Message, n number, tell func(Finding)) *ongoing {
	o := &ongoing{provider: p, message: m, number: n, tell: tell, id: newID(), mine: newID(), rings: make(chan error, 1)}
	o.ended, o.back, o.vain = make(chan struct{}), make(chan struct{}), make(chan string, 1)
	o.trial, o.drop = context.WithCancel(p.life)
	return o
}

// newID is a name that nobody guesses, and that tells nothing.
func newID() string { return strings.ToLower(rand.Text()) }

func tag(id string) sip.HeaderParams { return sip.HeaderParams{{K: "tag", V: id}} }

// giveUp ends a call that does not ring yet.
func (o *ongoing) giveUp() { o.drop() }

// ring tells who waits that it rings, or that it won't.
func (o *ongoing) ring(err error) {
	if !o.told {
		o.told = true
		o.rings <- err
	}
}

// run is the call.
func (o *ongoing) run() {
	defer close(o.ended)
	defer o.drop()
	forget := o.provider.note(o)
	res, err := o.dial()
	if err == nil {
		err = o.converse(res)
	}
	forget()
	rang := o.told
	o.taken = err == nil
	o.ring(err)
	if rang {
		o.provider.receipt(o.receipt(err))
	}
	o.leave()
}

// leave gives back what the call had.
func (o *ongoing) leave() {
	o.provider.forget(o)
	if o.media != nil {
		_ = o.media.Close()
	}
	if o.endpoint != nil {
		o.provider.leave(o.endpoint)
	}
}

// receipt says what became of a call that rang.
func (o *ongoing) receipt(err error) port.Receipt {
	r := port.Receipt{Provider: o.provider.Name(), ID: o.id, Arrived: err == nil}
	var failed *Failure
	if errors.As(err, &failed) {
		if r.Reason = failed.Reason; r.Reason == "" && failed.Code != 0 {
			r.Reason = strconv.Itoa(failed.Code)
		}
	}
	return r
}

// dial reaches the server, signs in, and calls until somebody answers. Errors are *Failure.
func (o *ongoing) dial() (res *sip.Response, err error) {
	p := o.provider
	if o.endpoint, o.by, err = p.reach(o.trial, o.tell); err != nil {
		return nil, err
	}
	if err = p.signIn(o.trial, o.endpoint, o.by.port, o.tell); o.isStale(err) { // the connection had ended meanwhile
		o.endpoint.forget(o.by)
		if o.by, err = o.endpoint.connect(o.trial); err != nil {
			return nil, o.fail(stepOf(err), err)
		}
		err = p.signIn(o.trial, o.endpoint, o.by.port, o.tell)
	}
	if err != nil {
		return nil, err
	}
	o.media, err = media.Open(media.Config{
		Local: o.endpoint.local, Told: p.config.Told, Ports: p.config.Ports, Security: p.config.Security, Frame: p.config.Frame, Signalling: o.endpoint.at,
	})
	if err != nil {
		return nil, o.fail(StepConnect, err)
	}
	o.invite = o.newInvite()
	o.seq = 1
	return o.call()
}

// isStale reports whether a connection failed that was kept since before.
func (o *ongoing) isStale(err error) bool {
	var failed *Failure
	return errors.As(err, &failed) && failed.Code == 0 && !errors.Is(err, errChallenge) && o.endpoint.udp == nil && o.trial.Err() == nil
}

// newInvite writes the first request (RFC 3261, 13.2.1), with the caller's number in both of its places (RFC 3325, 9.1).
func (o *ongoing) newInvite() *sip.Request {
	p := o.provider
	req := o.endpoint.request(sip.INVITE, p.address(o.number.user))
	caller := p.config.From
	if caller == "" {
		caller = "anonymous"
	}
	from := p.address(caller)
	from.Port = 0
	callID, hops := sip.CallIDHeader(o.id), sip.MaxForwardsHeader(70)
	to := p.address(o.number.user)
	to.Port = 0
	req.AppendHeader(&hops)
	req.AppendHeader(&sip.FromHeader{DisplayName: p.config.Name, Address: from, Params: tag(o.mine)})
	req.AppendHeader(&sip.ToHeader{Address: to})
	req.AppendHeader(&callID)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE})
	req.AppendHeader(o.endpoint.contact(o.by.port))
	if p.config.From != "" {
		req.AppendHeader(sip.NewHeader("P-Asserted-Identity", "<"+from.String()+">"))
	}
	req.AppendHeader(sip.NewHeader("Allow", allowed))
	req.AppendHeader(sip.NewHeader("Content-Type", sdpType))
	req.SetBody(o.media.Offer(o.secure))
	return req
}

const (
	sdpType = "application/sdp"
	allowed = "INVITE, ACK, BYE, CANCEL, OPTIONS"
)

// converse speaks with who answered, and hangs up. Errors are *Failure.
func (o *ongoing) converse(res *sip.Response) error {
	p := o.provider
	o.mu.Lock()
	o.answer = res
	o.mu.Unlock()
	p.remember(o)
	err := o.media.Answer(res.Body())
	if failed := o.acknowledge(); failed != nil && err == nil {
		err = failed
	}
	if err != nil {
		o.hangUp()
		return o.fail(StepAnswered, err)
	}
	o.tellAnswered()
	o.ring(nil)
	o.media.Start()
	ctx, cancel := context.WithTimeout(p.life, mostCall)
	defer cancel()
	found := spoken.Outcome{Reason: spoken.HungUp}
	if err := o.media.Dial(ctx, o.number.extension); err == nil {
		found = p.config.Talk.Hold(ctx, o.media, o.message)
	}
	o.hangUp()
	return o.tellSpoken(found)
}

// tellAnswered tells how speech goes.
func (o *ongoing) tellAnswered() {
	codec, secure := "G.711 µ-law", "RTP"
	if o.media.Codec() == media.ALaw {
		codec = "G.711 A-law"
	}
	if o.media.Encrypted() {
		secure = "SRTP"
	}
	o.tell(Finding{Step: StepAnswered, About: o.number.user, Params: map[string]string{"codec": codec, "speech": secure}})
}

// tellSpoken tells what became of the conversation, and gives it as an error where nothing was heard.
func (o *ongoing) tellSpoken(found spoken.Outcome) error {
	if !found.Heard {
		f := &Failure{Step: StepSpoken, Server: o.provider.Name(), Reason: found.Reason}
		o.tell(Finding{Step: StepSpoken, About: o.number.user, Failed: f})
		return f
	}
	o.tell(Finding{Step: StepSpoken, About: o.number.user})
	if o.message.Template == app.MessageTest {
		pressed := Finding{Step: StepNoKey, About: o.number.user}
		if found.Key != 0 {
			pressed.Step, pressed.Params = StepKey, map[string]string{"key": string(found.Key)}
		}
		o.tell(pressed)
	}
	o.tell(Finding{Step: StepEnd, About: o.number.user})
	return nil
}

// fail makes a failure out of what went wrong, and tells it.
func (o *ongoing) fail(step Step, err error) *Failure {
	return o.provider.tellFailure(o.tell, step, err)
}
