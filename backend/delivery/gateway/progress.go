package gateway

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"sync"
)

// progress is how far a request has come. It is told by goroutines of net/http.
type progress struct {
	mu    sync.Mutex
	step  Step
	wrote bool          // the request left wholly
	tell  func(reached) // or nil
}

// reached is a step that ended.
type reached struct {
	step      Step
	addresses []string             // with StepResolve
	host      string               // with StepResolve and StepConnect: whom
	state     *tls.ConnectionState // with StepTLS
}

type toldKey struct{}

// withProgress has requests under the context tell each step as it ends.
func withProgress(ctx context.Context, tell func(reached)) context.Context {
	return context.WithValue(ctx, toldKey{}, tell)
}

func toldIn(ctx context.Context) func(reached) {
	tell, _ := ctx.Value(toldKey{}).(func(reached))
	return tell
}

func (p *progress) now() (Step, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.step, p.wrote
}

// pass notes that the step before is over, and tells it.
func (p *progress) pass(next Step, r reached) {
	p.mu.Lock()
	p.step = next
	tell := p.tell
	p.mu.Unlock()
	if tell != nil && r.step != "" {
		tell(r)
	}
}

// trace follows a request. Of several addresses that are tried, each fails without a word here: what counts is how it ends.
func (p *progress) trace() *httptrace.ClientTrace {
	host := ""
	return &httptrace.ClientTrace{
		DNSStart: func(i httptrace.DNSStartInfo) {
			p.mu.Lock()
			host = i.Host
			p.mu.Unlock()
		},
		DNSDone: func(i httptrace.DNSDoneInfo) {
			if i.Err != nil {
				return
			}
			r := reached{step: StepResolve}
			for _, a := range i.Addrs {
				r.addresses = append(r.addresses, a.String())
			}
			p.mu.Lock()
			r.host = host
			p.mu.Unlock()
			p.pass(StepConnect, r)
		},
		ConnectStart: func(string, string) { p.pass(StepConnect, reached{}) },
		ConnectDone: func(_, address string, err error) {
			if err == nil {
				p.pass(StepTLS, reached{step: StepConnect, host: address})
			}
		},
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			if err == nil {
				p.pass(StepRequest, reached{step: StepTLS, state: &state})
			}
		},
		GotConn: func(httptrace.GotConnInfo) { p.pass(StepRequest, reached{}) },
		WroteRequest: func(i httptrace.WroteRequestInfo) {
			p.mu.Lock()
			p.wrote = i.Err == nil
			p.mu.Unlock()
		},
	}
}
