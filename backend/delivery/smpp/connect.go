package smpp

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"strings"

	"github.com/sparekey/sparekey/backend/delivery/examine"
)

// open connects, secures the connection and signs in, and tells each step as it ends. Errors are *Failure.
func (c *Centre) open(ctx context.Context, take func(inbound), tell func(examine.Finding)) (*session, error) {
	conn, err := c.connect(ctx, tell)
	if err != nil {
		return nil, err
	}
	password, err := c.config.Secret()
	if err != nil {
		_ = conn.Close()
		return nil, c.tellFailure(tell, StepBind, err)
	}
	s := newSession(conn, c.config.Window, take)
	name, err := s.bind(ctx, c.config.User, password.Reveal(), c.config.SystemType)
	if err != nil {
		s.end(err)
		s.all.Wait()
		return nil, c.tellFailure(tell, StepBind, err)
	}
	tell(examine.Finding{Step: string(StepBind), About: c.config.User, Params: map[string]string{"name": cmp.Or(printable(name), c.at.Host)}})
	return s, nil
}

// connect reaches the centre, by TLS unless it is on this computer.
func (c *Centre) connect(ctx context.Context, tell func(examine.Finding)) (net.Conn, error) {
	if net.ParseIP(c.at.Host) == nil {
		found, err := c.config.Lookup(ctx, c.at.Host)
		if err != nil {
			return nil, c.tellFailure(tell, StepResolve, err)
		}
		tell(examine.Finding{Step: string(StepResolve), About: c.at.Host, Params: map[string]string{"addresses": strings.Join(found, ", ")}})
	}
	raw, err := c.config.Dial(ctx, "tcp", c.at.String())
	if err != nil {
		return nil, c.tellFailure(tell, StepConnect, err)
	}
	tell(examine.Finding{Step: string(StepConnect), About: c.at.String()})
	if c.at.Scheme == inClear {
		return raw, nil
	}
	secured := tls.Client(raw, &tls.Config{ServerName: c.at.Host, RootCAs: c.config.Roots, MinVersion: tls.VersionTLS12})
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, c.tellFailure(tell, StepTLS, err)
	}
	shown := secured.ConnectionState().PeerCertificates[0]
	tell(examine.Finding{Step: string(StepTLS), About: c.at.String(), Params: examine.Certificate(shown)})
	return secured, nil
}

// tellFailure tells a failure, and gives it.
func (c *Centre) tellFailure(tell func(examine.Finding), step Step, err error) *Failure {
	f := c.fail(step, err)
	said := ""
	if f.Said != nil {
		said = printable(f.Said.Error())
	}
	tell(examine.Finding{Step: string(step), About: c.at.String(), Said: said, Remedy: string(f.Remedy())})
	return f
}

// printable is what a centre said as one line.
func printable(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }), "; ")
}
