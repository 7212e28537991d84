package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"

	"github.com/sparekey/sparekey/app"
)

// trouble is a failure of this side that has its reason already.
type trouble struct {
	reason string
	cause  error
}

func (t *trouble) Error() string { return t.reason + ": " + t.cause.Error() }
func (t *trouble) Unwrap() error { return t.cause }

func offlineFor(reason string, cause error) *app.Error {
	return &app.Error{Code: app.CodeOffline, Params: map[string]string{"reason": reason}, Cause: cause}
}

// offline names the transport's trouble. The cause stays reachable, so that errors.Is(err, context.Canceled) holds.
func offline(ctx context.Context, err error) *app.Error {
	var t *trouble
	switch {
	case errors.As(err, &t):
		return offlineFor(t.reason, err)
	case badCertificate(err):
		return offlineFor("certificate", err)
	case errors.Is(ctx.Err(), context.Canceled):
		return offlineFor("cancelled", ctx.Err())
	case ctx.Err() != nil:
		return offlineFor("timeout", ctx.Err())
	}
	return offlineFor("unreachable", err)
}

// badCertificate is a hard stop: there is no way to go on regardless.
func badCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &host) || errors.As(err, &invalid)
}

// broken reports whether the trouble may be a connection that stood and broke, so that a second try has a point.
func broken(err error) bool {
	var t *trouble
	var dial *net.OpError
	var dns *net.DNSError
	return !errors.As(err, &t) && !badCertificate(err) && !errors.As(err, &dns) &&
		!(errors.As(err, &dial) && dial.Op == "dial")
}
