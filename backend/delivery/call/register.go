package call

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// registration is what the registrar knows of this side (RFC 3261, 10).
type registration struct {
	mu    sync.Mutex // one REGISTER at a time
	until time.Time  // zero: it knows nothing
	id    string     // of the registrations, which are one after the other
	seq   uint32
	loop  sync.Once
}

const (
	registerFor   = 300 * time.Second // what is asked for
	leastRegister = 20 * time.Second  // what is granted at least: else the server would be asked all the time
	spare         = 10 * time.Second  // before the end, in which it counts no more
	mostTries     = 3                 // of one request: challenged, and challenged anew with a fresh nonce
)

// forget has the next call sign in.
func (r *registration) forget() {
	if r.mu.TryLock() {
		r.until = time.Time{}
		r.mu.Unlock()
	}
}

// signIn registers where the settings want it, unless that holds. Errors are *Failure.
func (p *Provider) signIn(ctx context.Context, e *endpoint, port int, tell func(Finding)) error {
	if !p.config.Register {
		return nil
	}
	r := &p.registered
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Until(r.until) > spare {
		return nil
	}
	granted, err := p.register(ctx, e, port, registerFor)
	if err != nil {
		r.until = time.Time{}
		f := p.fail(StepRegister, err)
		tell(Finding{Step: StepRegister, About: p.config.User, Failed: f})
		return f
	}
	r.until = time.Now().Add(granted)
	tell(Finding{Step: StepRegister, About: p.config.User, Params: map[string]string{"seconds": strconv.Itoa(int(granted.Seconds()))}})
	r.loop.Do(func() { p.begin(p.keepRegistered) })
	return nil
}

// keepRegistered renews the registration as long as the provider is open. Where that fails, the next call tries.
func (p *Provider) keepRegistered() {
	for {
		p.registered.mu.Lock()
		left := time.Until(p.registered.until) * 4 / 5
		p.registered.mu.Unlock()
		if !wait(p.life, max(left, leastRegister/2)) {
			return
		}
		ctx, cancel := context.WithTimeout(p.life, leastRegister/2)
		if e, r, err := p.reach(ctx, func(Finding) {}); err == nil {
			p.renewRegistration(ctx, e, r.port)
			p.leave(e)
		}
		cancel()
	}
}

func (p *Provider) renewRegistration(ctx context.Context, e *endpoint, port int) {
	r := &p.registered
	r.mu.Lock()
	defer r.mu.Unlock()
	granted, err := p.register(ctx, e, port, registerFor)
	r.until = time.Time{}
	if err == nil {
		r.until = time.Now().Add(granted)
	}
}

// signOff ends the registration.
func (p *Provider) signOff() {
	p.mu.Lock()
	e := p.now
	p.mu.Unlock()
	r := &p.registered
	if e == nil || !r.mu.TryLock() {
		return
	}
	defer r.mu.Unlock()
	if !r.until.After(time.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
	defer cancel()
	if at, err := e.connect(ctx); err == nil {
		_, _ = p.register(ctx, e, at.port, 0)
	}
	r.until = time.Time{}
}

// register registers for so long, and gives how long that holds.
func (p *Provider) register(ctx context.Context, e *endpoint, port int, length time.Duration) (granted time.Duration, err error) {
	r := &p.registered
	if r.id == "" {
		r.id = newID()
	}
	account := p.address(p.config.User)
	registrar := account
	registrar.User = ""
	req := e.request(sip.REGISTER, registrar)
	r.seq++
	callID := sip.CallIDHeader(r.id)
	req.AppendHeader(&sip.FromHeader{Address: account, Params: tag(newID())})
	req.AppendHeader(&sip.ToHeader{Address: account})
	req.AppendHeader(&callID)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: r.seq, MethodName: sip.REGISTER})
	req.AppendHeader(e.contact(port))
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(length.Seconds()))))
	res, err := p.do(ctx, e, req)
	r.seq += mostTries // more than were sent
	switch {
	case err != nil:
		return 0, err
	case res.StatusCode == 423 && length > 0: // it wants longer ones (RFC 3261, 10.2.8)
		if least := seconds(res.GetHeader("Min-Expires")); least > length && least <= 24*time.Hour {
			return p.register(ctx, e, port, least)
		}
	}
	if !res.IsSuccess() {
		return 0, said{res.StatusCode, res.Reason}
	}
	return max(grantedIn(res, length), leastRegister), nil
}

// grantedIn gives how long a registration holds: what the binding says, or the reply, or what was asked for.
func grantedIn(res *sip.Response, asked time.Duration) time.Duration {
	if c := res.Contact(); c != nil {
		if text, is := c.Params.Get("expires"); is {
			if n, err := strconv.ParseUint(text, 10, 20); err == nil {
				return min(time.Duration(n)*time.Second, asked)
			}
		}
	}
	if length := seconds(res.GetHeader("Expires")); length > 0 {
		return min(length, asked)
	}
	return asked
}

// seconds reads a header of seconds; 0: there is none.
func seconds(h sip.Header) time.Duration {
	if h == nil {
		return 0
	}
	n, err := strconv.ParseUint(h.Value(), 10, 20)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// do sends a request until it has its last reply, with the proof that the server wants.
func (p *Provider) do(ctx context.Context, e *endpoint, req *sip.Request) (*sip.Response, error) {
	for try := 1; ; try++ {
		res, err := e.client.Do(ctx, req, build)
		if err != nil {
			return nil, err
		}
		if res.StatusCode != sip.StatusUnauthorized && res.StatusCode != sip.StatusProxyAuthRequired || try == mostTries {
			return res, nil
		}
		req = req.Clone() // the library may still send the one before again
		if err := p.authorise(req, res); err != nil {
			return nil, err
		}
	}
}

// build adds to a request what the library does, and nothing besides.
func build(c *sipgo.Client, req *sip.Request) error {
	if req.Body() == nil {
		req.SetBody(nil)
	}
	return sipgo.ClientRequestBuild(c, req)
}
