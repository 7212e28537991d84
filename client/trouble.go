package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
)

// trouble is a failure of this side that has its reason already.
type trouble struct {
	reason string
	values map[string]string // for the sentence; nil for none
	cause  error
}

func (t *trouble) Error() string { return t.reason + ": " + t.cause.Error() }
func (t *trouble) Unwrap() error { return t.cause }

// offlineFor makes the error for a reason; values may be nil.
func offlineFor(reason string, values map[string]string, cause error) *app.Error {
	params := map[string]string{"reason": reason}
	for name, value := range values {
		params[name] = value
	}
	return &app.Error{Code: app.CodeOffline, Params: params, Cause: cause}
}

// offline names the transport's trouble. The cause stays reachable, so that errors.Is(err, context.Canceled) holds.
func (c *Client) offline(ctx context.Context, err error) *app.Error {
	t := c.explain(err)
	var known *trouble
	switch {
	case errors.As(err, &known) || isCertificate(err):
	case errors.Is(ctx.Err(), context.Canceled):
		t = trouble{reason: "cancelled", cause: ctx.Err()}
	case ctx.Err() != nil:
		t = trouble{reason: "timeout", cause: ctx.Err()}
	}
	return c.named(offlineFor(t.reason, t.values, t.cause))
}

// named adds to an error that is the connection's which server it is about.
func (c *Client) named(e *app.Error) *app.Error {
	if server := c.host(); server != "" && e.Code == app.CodeOffline {
		e.Params["server"] = server
	}
	return e
}

// explain gives the reason of a failure: "unreachable" where it is none that is known.
func (c *Client) explain(err error) trouble {
	var known *trouble
	var dns *net.DNSError
	var op *net.OpError
	var plain tls.RecordHeaderError
	proxied := errors.As(err, &op) && op.Op == "proxyconnect"
	switch {
	case errors.As(err, &known):
		return trouble{known.reason, known.values, err}
	case isCertificate(err):
		reason, values := c.explainCertificate(err)
		return trouble{reason, values, err}
	case proxied:
		return trouble{"proxy_unreachable", map[string]string{"proxy": c.proxyHost()}, err}
	case errors.As(err, &dns) && !dns.IsNotFound: // nobody could be asked, or nobody knew
		return trouble{"no_network", nil, err}
	case errors.As(err, &dns):
		return trouble{"resolve", nil, err}
	case errors.Is(err, errRefused):
		return trouble{"refused", nil, err}
	case errors.Is(err, errNoNetwork), errors.Is(err, errNoRoute):
		return trouble{"no_network", nil, err}
	case errors.As(err, &plain), errors.Is(err, http.ErrSchemeMismatch), strings.Contains(err.Error(), "malformed HTTP"):
		return trouble{"answer", nil, err}
	case strings.HasPrefix(innermost(err).Error(), "tls: "):
		return trouble{"handshake", nil, err}
	case timedOut(err):
		return trouble{"timeout", nil, err}
	}
	return trouble{"unreachable", nil, err}
}

func timedOut(err error) bool {
	var timed net.Error
	return errors.Is(err, errSystemTimed) || errors.As(err, &timed) && timed.Timeout()
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// isCertificate reports whether the certificate is bad, which is a hard stop: there is no way to go on regardless.
func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var bad x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &bad)
}

// explainCertificate says what is bad about it. Dates are days ("2027-03-04", UTC); "today" is this computer's.
func (c *Client) explainCertificate(err error) (reason string, values map[string]string) {
	var unknown x509.UnknownAuthorityError
	var none x509.SystemRootsError
	var host x509.HostnameError
	var bad x509.CertificateInvalidError
	today := c.now().UTC().Format(time.DateOnly)
	switch {
	case errors.As(err, &host):
		return "certificate_name", map[string]string{"name": nameOf(host.Certificate)}
	case errors.As(err, &bad) && bad.Reason == x509.Expired && bad.Cert != nil && c.now().Before(bad.Cert.NotBefore):
		return "certificate_early", map[string]string{"date": bad.Cert.NotBefore.UTC().Format(time.DateOnly), "today": today}
	case errors.As(err, &bad) && bad.Reason == x509.Expired && bad.Cert != nil:
		return "certificate_expired", map[string]string{"date": bad.Cert.NotAfter.UTC().Format(time.DateOnly), "today": today}
	case errors.As(err, &unknown), errors.As(err, &none):
		return "certificate_unknown", nil
	}
	return "certificate", nil
}

// nameOf is a name that a certificate is for, as far as it can be shown; empty for none.
func nameOf(c *x509.Certificate) string {
	const most = 80
	if c == nil || len(c.DNSNames) == 0 {
		return ""
	}
	name := headerSafe(c.DNSNames[0])
	return name[:min(len(name), most)]
}

// broken reports whether the trouble may be a connection that stood and broke, so that a second try has a point.
func (c *Client) broken(err error) bool { return c.explain(err).reason == "unreachable" }

// proxyHost names the proxy on the way to the server; empty for none.
func (c *Client) proxyHost() string {
	r, err := http.NewRequest(http.MethodGet, c.Base, nil)
	if err != nil {
		return ""
	}
	proxy, err := c.Trust.way()(r)
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Host
}
