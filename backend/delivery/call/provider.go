package call

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/delivery/spoken"
	"github.com/sparekey/sparekey/backend/port"
)

// Provider is one server by which calls are made. It is safe for concurrent use.
type Provider struct {
	config Config
	at     server
	domain string
	free   chan struct{} // a place for each call

	life    context.Context // of all calls
	stop    context.CancelFunc
	running sync.WaitGroup
	back    sync.WaitGroup // calls that are taken back, after they ran

	mu    sync.Mutex // guards what follows
	ended bool
	now   *endpoint           // of the calls that begin; nil: none was needed yet
	all   map[*endpoint]int   // with the number of its calls; none but now has no call
	turn  int                 // which of the server's addresses is asked first
	calls map[string]*ongoing // those that were answered, by Call-ID
	going map[*ongoing]bool   // all, until they end

	registered registration
}

var _ examine.Provider = (*Provider)(nil)

// leaveTime bounds a farewell.
const leaveTime = 2 * time.Second

// New makes a provider. Nobody is asked yet.
func New(c Config) (*Provider, error) {
	at, err := parseServer(c.Server)
	if err != nil {
		return nil, err
	}
	quiet()
	if c.Lookup == nil {
		c.Lookup = net.DefaultResolver
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	if c.From == "" {
		c.From = c.User
	}
	if c.Look == 0 {
		c.Look = usualLook
	}
	p := &Provider{config: c, at: at, domain: c.Domain, free: make(chan struct{}, max(c.Most, 1)), all: map[*endpoint]int{}, calls: map[string]*ongoing{}, going: map[*ongoing]bool{}}
	if p.domain == "" {
		p.domain = at.host
	}
	p.life, p.stop = context.WithCancel(context.Background())
	return p, nil
}

// wait waits by the clock.
func wait(ctx context.Context, length time.Duration) bool {
	t := time.NewTimer(length)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// Name is how the server is called in logs and in the audit trail.
func (p *Provider) Name() string { return p.at.String() }

// Deliver implements port.Deliverer: it returns when it rings. What becomes of the call after that is told as a receipt, whose ID is the
// call's.
func (p *Provider) Deliver(ctx context.Context, m app.Message) error {
	o, err := p.place(ctx, m, func(Finding) {})
	attempt := port.Attempt{Provider: p.Name(), Outcome: port.Taken}
	var failed *Failure
	if o != nil {
		attempt.Receipt = o.id
	}
	if errors.As(err, &failed) {
		attempt.Outcome = failed.Outcome()
	}
	port.TellAttempt(ctx, attempt)
	return err
}

// place makes a call, and returns when it rings, or when it is known that it will not. The call goes on by itself then.
func (p *Provider) place(ctx context.Context, m app.Message, tell func(Finding)) (*ongoing, error) {
	n, err := p.config.numberOf(m.To)
	if err != nil {
		return nil, p.tellFailure(tell, StepNumber, err)
	}
	if !spoken.Can(m) {
		return nil, p.tellFailure(tell, StepNumber, errTemplate)
	}
	p.makeWay(ctx, n)
	if !p.awaitLine(ctx) {
		return nil, p.tellFailure(tell, StepLine, errFull)
	}
	o := p.newOngoing(m, n, tell)
	if !p.begin(func() { defer func() { <-p.free }(); o.run() }) {
		<-p.free
		return nil, p.tellFailure(tell, StepConnect, errClosed)
	}
	select {
	case err := <-o.rings:
		return o, err
	case <-ctx.Done():
		o.giveUp()
		return o, <-o.rings
	}
}

// errTemplate says that a message is none of a call's.
var errTemplate = errors.New("a call can't say this")

// begin runs something until it ends, unless the provider is closed.
func (p *Provider) begin(run func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.running.Go(run)
	return true
}

// reach gives an endpoint at which the server was reached, and how. It is given back by leave. Errors are
// *Failure.
func (p *Provider) reach(ctx context.Context, tell func(Finding)) (*endpoint, reached, error) {
	addresses, err := p.resolve(ctx)
	if err != nil {
		return nil, reached{}, p.tellFailure(tell, StepResolve, err)
	}
	if net.ParseIP(p.at.host) == nil {
		tell(Finding{Step: StepResolve, About: p.at.host, Params: map[string]string{"addresses": join(addresses)}})
	}
	p.mu.Lock()
	turn := p.turn
	p.mu.Unlock()
	failed := p.fail(StepResolve, errNoAddress)
	for i := range addresses {
		at := addresses[(turn+i)%len(addresses)]
		e, err := p.endpointFor(at)
		if err != nil {
			failed = p.fail(StepConnect, err)
			continue
		}
		r, err := e.connect(ctx)
		if err == nil {
			p.tellConnected(tell, e, r.secured)
			return e, r, nil
		}
		failed = p.fail(stepOf(err), plain(err))
		p.leave(e)
		if ctx.Err() != nil {
			break
		}
	}
	tell(Finding{Step: failed.Step, About: p.Name(), Failed: failed})
	return nil, reached{}, failed
}

// endpointFor gives the endpoint for an address: the one at hand, where the way there is the same as it was.
func (p *Provider) endpointFor(at netip.AddrPort) (*endpoint, error) {
	local, err := p.localFor(at)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.now
	if before == nil || before.at != at || before.local != local {
		if before != nil && before.udp != nil && p.config.Local.Port() != 0 && p.all[before] == 0 {
			p.drop(before) // it has the port
		}
		if p.now, err = p.open(at, local); err != nil {
			p.now = nil
			return nil, err
		}
		if before != nil && p.all[before] == 0 {
			p.drop(before)
		}
		p.registered.forget()
	}
	p.all[p.now]++
	return p.now, nil
}

// drop closes an endpoint that nobody uses.
func (p *Provider) drop(e *endpoint) {
	delete(p.all, e)
	go e.close()
}

// leave gives an endpoint back.
func (p *Provider) leave(e *endpoint) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all[e]--
	if p.all[e] == 0 && e != p.now {
		p.drop(e)
	}
}

// next has another of the server's addresses asked first: this one says nothing.
func (p *Provider) next() {
	p.mu.Lock()
	p.turn++
	p.mu.Unlock()
}

// Close ends what goes on.
func (p *Provider) Close() error {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.stop()
	ended, back := make(chan struct{}), make(chan struct{})
	go func() { p.running.Wait(); close(ended); p.back.Wait(); close(back) }()
	select {
	case <-back: // else telephones would ring on, and nobody be there
	case <-time.After(leaveTime):
	}
	p.signOff()
	p.mu.Lock()
	p.now = nil
	left := p.all
	p.all = map[*endpoint]int{}
	p.mu.Unlock()
	for e := range left {
		e.close()
	}
	<-ended
	return nil
}

// receipt tells what became of a call that rang. Who took note of the attempt may be a moment later than the call's end.
func (p *Provider) receipt(r port.Receipt) {
	if p.config.Receipts == nil {
		return
	}
	for pause := firstPause; ; pause *= 4 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.life), receiptTime)
		err := p.config.Receipts.TakeReceipt(ctx, r)
		cancel()
		if err == nil || pause > lastPause || !p.config.Wait(p.life, pause) {
			return
		}
	}
}

const (
	firstPause  = 250 * time.Millisecond
	lastPause   = 20 * time.Second
	receiptTime = 5 * time.Second
)

// tellConnected tells that the server was reached.
func (p *Provider) tellConnected(tell func(Finding), e *endpoint, secured *tls.ConnectionState) {
	if e.udp != nil {
		return
	}
	tell(Finding{Step: StepConnect, About: e.at.String()})
	if secured != nil && len(secured.PeerCertificates) > 0 {
		tell(Finding{Step: StepTLS, About: p.Name(), Params: examine.Certificate(secured.PeerCertificates[0])})
	}
}
