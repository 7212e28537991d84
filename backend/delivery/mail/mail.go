// Package mail delivers mails by SMTP (RFC 5321), through a relay of the organisation or of its provider: over TLS, after signing
// in, one receiver at a time.
package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/delivery/letter"
	"github.com/sparekey/sparekey/backend/delivery/server"
	"github.com/sparekey/sparekey/backend/port"
)

// Auth is how Sparekey signs in at a relay.
type Auth string

// The ways to sign in. AuthBest takes the strongest of the first three that the relay offers.
const (
	AuthNone    Auth = "none"
	AuthBest    Auth = "password"
	AuthSCRAM   Auth = "scram-sha-256" // RFC 7677
	AuthPlain   Auth = "plain"         // RFC 4616
	AuthLogin   Auth = "login"
	AuthXOAUTH2 Auth = "xoauth2" // with a token by client credentials (RFC 6749, 4.4)
)

// Config is one relay, and what mails by it carry.
type Config struct {
	Server string         // see CheckServer
	Roots  *x509.CertPool // by which its certificate is known; nil: the system's
	Helo   string         // how Sparekey names itself; empty: by the domain of From
	From   string         // the sender's address, also that of bounces; no display name

	Auth   Auth
	User   string
	Secret func() (app.Secret, error) // the password or the client's secret; read anew for each connection

	TokenEndpoint string // with AuthXOAUTH2
	Client        string
	Scope         string
	TokenHTTP     *http.Client // nil: one with a time limit

	// Letters puts messages into words.
	Letters func(ctx context.Context, m app.Message) (letter.Letter, error)

	Dial   func(ctx context.Context, network, address string) (net.Conn, error) // nil: the system's
	Lookup func(ctx context.Context, host string) ([]string, error)             // nil: the system's
	Idle   time.Duration                                                        // how long a connection is kept for the next mail; 0 for not at all
}

// Relay is one SMTP server that takes mails. It is safe for concurrent use.
type Relay struct {
	config Config
	at     server.Server
	tokens *tokens
	idle   pool
}

var _ port.Deliverer = (*Relay)(nil)

// New makes a relay. Nobody is asked yet.
func New(c Config) (*Relay, error) {
	at, err := parseServer(c.Server)
	if err != nil {
		return nil, err
	}
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	if c.Lookup == nil {
		c.Lookup = net.DefaultResolver.LookupHost
	}
	if c.Helo == "" {
		c.Helo = domainOf(c.From)
	}
	r := &Relay{config: c, at: at, idle: pool{keep: c.Idle}}
	if c.Auth == AuthXOAUTH2 {
		r.tokens = newTokens(c)
	}
	return r, nil
}

// Deliver implements port.Deliverer.
func (r *Relay) Deliver(ctx context.Context, m app.Message) error {
	to, err := parseAddress(m.To)
	if err != nil {
		port.TellAttempt(ctx, port.Attempt{Provider: r.Name(), Outcome: "address_malformed"})
		return errors.Join(errors.New("the address is none"), port.ErrUndeliverable)
	}
	l, err := r.config.Letters(ctx, m)
	if err != nil {
		return err
	}
	content, err := compose(m, r.config.From, to, l)
	if err != nil {
		return err
	}
	receipt, err := r.send(ctx, envelope{from: r.config.From, to: to, content: content})
	attempt := port.Attempt{Provider: r.Name(), Outcome: port.Taken, Receipt: receipt}
	var failed *Failure
	if errors.As(err, &failed) {
		attempt.Outcome = failed.Outcome()
	}
	port.TellAttempt(ctx, attempt)
	return err
}

// send hands one mail over, by a connection that is open or a new one.
func (r *Relay) send(ctx context.Context, e envelope) (receipt string, err error) {
	for {
		s, fresh, err := r.session(ctx)
		if err != nil {
			return "", err
		}
		receipt, err := s.send(ctx, e)
		if s.usable(err) {
			r.idle.put(s)
		} else {
			s.close()
		}
		var failed *Failure
		if !fresh && errors.As(err, &failed) && failed.Step == StepSender && failed.Code == 0 {
			continue // the relay had closed the connection meanwhile
		}
		return receipt, err
	}
}

// session gives a connection that is open, or makes one.
func (r *Relay) session(ctx context.Context) (s *session, fresh bool, err error) {
	if s := r.idle.take(); s != nil {
		return s, false, nil
	}
	s, err = r.open(ctx, func(Finding) {})
	return s, true, err
}

// Close ends the connections that are kept.
func (r *Relay) Close() error { r.idle.end(); return nil }

// Name is how the relay is called in logs and in the audit trail.
func (r *Relay) Name() string { return r.at.String() }

// The ways in which a connection is secured, by the scheme of an address.
const (
	startTLS    = "smtp"
	implicitTLS = "smtps"
	inClear     = "smtp-clear" // on this computer alone
)

var schemes = map[string]server.Scheme{startTLS: {Port: "587"}, implicitTLS: {Port: "465"}, inClear: {Port: "25", Clear: true}}

// ErrServer says that a text names no relay.
var ErrServer = errors.New("it is neither smtps://HOST, smtp://HOST nor, on this computer, smtp-clear://HOST")

// CheckServer looks at the address of a relay: "smtps://HOST[:PORT]" is TLS from the first byte (RFC 8314), "smtp://HOST[:PORT]"
// goes on by STARTTLS or not at all, "smtp-clear://HOST[:PORT]" is in clear, to this computer alone. The ports are 465, 587 and 25.
// Its error is ErrServer.
func CheckServer(address string) error {
	_, err := parseServer(address)
	return err
}

func parseServer(address string) (server.Server, error) {
	found, err := server.Parse(address, schemes)
	if err != nil {
		return server.Server{}, ErrServer
	}
	return found, nil
}

// domainOf gives what stands behind an address's at sign, in ASCII.
func domainOf(address string) string {
	a, err := parseAddress(address)
	if err != nil {
		return "localhost"
	}
	return a.ascii[strings.LastIndexByte(a.ascii, '@')+1:]
}
