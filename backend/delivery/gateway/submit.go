package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// newClient makes a client that follows nobody elsewhere: a redirect would take number and code along. It speaks HTTP/1.1, where a
// connection carries one text at a time, so that one that is dead is found by one text.
func newClient(c Config) *http.Client {
	proxy := c.Proxy
	if proxy == nil {
		proxy = http.ProxyFromEnvironment
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Client{
		Transport: &http.Transport{
			Proxy:           proxy,
			TLSClientConfig: &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12},
			IdleConnTimeout: c.Idle, MaxIdleConnsPerHost: mostKept, MaxResponseHeaderBytes: maxAnswer,
			DisableCompression: true, // an answer of a few bytes may not become one of many
			Protocols:          protocols,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// mostKept is how many connections wait for the next text.
const mostKept = 8

// maxAnswer bounds an answer, in bytes; those of the APIs have less than 2 KiB.
const maxAnswer = 64 << 10

// submit hands a text over. Errors are *Failure.
func (g *Gateway) submit(ctx context.Context, client *http.Client, t text) (receipt string, err error) {
	a, err := g.exchange(ctx, client, t)
	if err != nil {
		return "", err
	}
	if !a.good() {
		return "", g.refuse(a)
	}
	return g.judge(t, a)
}

// judge reads an answer that says that all is well. One that is none of the API's is as none: a server that knows nothing of texts
// may say so, too.
func (g *Gateway) judge(t text, a answer) (receipt string, err error) {
	if receipt, err = g.dialect.receipt(g, t, a); err != nil {
		f := &Failure{Step: StepRequest, Provider: g.Name(), Status: a.status, Said: err, kind: port.ErrUnanswered}
		var refused *refusedWithin
		if errors.As(err, &refused) {
			f.Code, f.kind = plainCode(refused.code), refused.kind
		}
		return "", f
	}
	if !plainReceipt.MatchString(receipt) {
		receipt = ""
	}
	return receipt, nil
}

// exchange sends the request and reads the answer.
func (g *Gateway) exchange(ctx context.Context, client *http.Client, t text) (answer, error) {
	secret, err := g.secret()
	if err != nil {
		return answer{}, g.fail(StepSecret, err)
	}
	r, err := g.dialect.request(g, t, secret)
	if err != nil {
		return answer{}, g.fail(StepRequest, err)
	}
	p := &progress{step: StepResolve, tell: toldIn(ctx)}
	reply, err := client.Do(r.WithContext(httptrace.WithClientTrace(ctx, p.trace())))
	if err != nil {
		return answer{}, g.lost(p, err)
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxAnswer+1))
	if len(body) > maxAnswer {
		err = errUnreadable
	}
	if reply.StatusCode == http.StatusTooManyRequests || reply.StatusCode == http.StatusServiceUnavailable {
		if wait := retryAfter(reply.Header.Get("Retry-After"), g.config.Clock.Now()); wait > 0 {
			g.rest(wait)
		}
	}
	if err != nil && reply.StatusCode/100 == 2 {
		f := g.fail(StepRequest, err)
		f.Status, f.kind = reply.StatusCode, port.ErrUnanswered
		return answer{}, f
	}
	return answer{status: reply.StatusCode, body: body}, nil
}

// secret reads the secret; a kind may do without.
func (g *Gateway) secret() (string, error) {
	if g.config.Secret == nil {
		return "", nil
	}
	secret, err := g.config.Secret()
	if err != nil {
		return "", err
	}
	return secret.Reveal(), nil
}

// lost makes a failure of a request that has no answer: what left wholly may have been taken.
func (g *Gateway) lost(p *progress, err error) *Failure {
	var with *url.Error
	if errors.As(err, &with) { // it quotes the address, in which a text may stand
		err = with.Err
	}
	step, wrote := p.now()
	f := g.fail(step, err)
	if wrote {
		f.Step, f.kind = StepRequest, port.ErrUnanswered
	}
	return f
}

// retryAfter reads how long to wait (RFC 9110, 10.2.3): seconds, or a date.
func retryAfter(said string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(said, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(said); err == nil {
		return at.Sub(now)
	}
	return 0
}
