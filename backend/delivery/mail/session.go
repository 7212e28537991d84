package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/sparekey/sparekey/backend/delivery/examine"
	"github.com/sparekey/sparekey/backend/port"
)

// session is a connection at which Sparekey has signed in.
type session struct {
	relay  *Relay
	conn   net.Conn // the bare one
	client *smtp.Client
	expiry *time.Timer // of a session that nobody uses
}

// envelope is a mail as it is handed over.
type envelope struct {
	from    string
	to      address
	content []byte
}

// Finding is what one step of an examination found.
type Finding struct {
	Step   Step
	About  string
	Said   string            // in the relay's own words
	Params map[string]string // figures and names for the words
	Failed *Failure
}

// open connects, secures the connection and signs in, and tells each step as it ends. Errors are *Failure.
func (r *Relay) open(ctx context.Context, tell func(Finding)) (s *session, err error) {
	raw, err := r.connect(ctx, tell)
	if err != nil {
		return nil, err
	}
	stop := bound(ctx, raw)
	defer stop()
	if s, err = r.greet(ctx, raw, tell); err == nil {
		err = s.signIn(ctx, tell)
	}
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return s, nil
}

// connect reaches the relay.
func (r *Relay) connect(ctx context.Context, tell func(Finding)) (net.Conn, error) {
	if net.ParseIP(r.at.Host) == nil {
		found, err := r.config.Lookup(ctx, r.at.Host)
		if err != nil {
			return nil, r.tellFailure(tell, StepResolve, err)
		}
		tell(Finding{Step: StepResolve, About: r.at.Host, Params: addresses(found)})
	}
	raw, err := r.config.Dial(ctx, "tcp", r.at.String())
	if err != nil {
		return nil, r.tellFailure(tell, StepConnect, err)
	}
	return raw, nil
}

// bound ends what is read and written when ctx ends.
func bound(ctx context.Context, conn net.Conn) (stop func()) {
	if at, is := ctx.Deadline(); is {
		_ = conn.SetDeadline(at)
	} else {
		_ = conn.SetDeadline(time.Time{})
	}
	ended := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return func() { ended() }
}

// greet goes as far as a connection that nobody else reads.
func (r *Relay) greet(ctx context.Context, raw net.Conn, tell func(Finding)) (*session, error) {
	conn := raw
	c := &tls.Config{ServerName: r.at.Host, RootCAs: r.config.Roots, MinVersion: tls.VersionTLS12}
	if r.at.Scheme == implicitTLS {
		secured := tls.Client(raw, c)
		if err := secured.HandshakeContext(ctx); err != nil {
			return nil, r.tellFailure(tell, StepTLS, err)
		}
		conn = secured
	}
	client, err := smtp.NewClient(conn, r.at.Host)
	if err == nil {
		err = client.Hello(r.config.Helo)
	}
	if err != nil {
		return nil, r.tellFailure(tell, StepConnect, err)
	}
	tell(Finding{Step: StepConnect, About: r.at.String(), Said: client.HelloResponse()})
	if r.at.Scheme == startTLS {
		offered, _ := client.Extension("STARTTLS")
		if !offered {
			return nil, r.tellFailure(tell, StepTLS, errNoStartTLS)
		}
		if err := client.StartTLS(c); err != nil {
			return nil, r.tellFailure(tell, StepTLS, err)
		}
	}
	if state, secured := client.TLSConnectionState(); secured {
		tell(Finding{Step: StepTLS, About: r.at.String(), Params: examine.Certificate(state.PeerCertificates[0])})
	}
	return &session{relay: r, conn: raw, client: client}, nil
}

// errNoStartTLS is said of a relay that speaks in clear alone: a mail has a code in it.
var errNoStartTLS = errors.New("the relay does not offer STARTTLS")

// tellFailure tells a failure, and gives it.
func (r *Relay) tellFailure(tell func(Finding), step Step, err error) *Failure {
	f := r.fail(step, err)
	tell(Finding{Step: step, About: r.at.String(), Failed: f})
	return f
}

// usable reports whether the connection may carry another mail: it answered each command.
func (s *session) usable(err error) bool {
	if err == nil {
		return true
	}
	var f *Failure
	return errors.As(err, &f) && f.Code != 0 && f.Code != 421 && s.client.Reset() == nil
}

// send hands over one mail.
func (s *session) send(ctx context.Context, e envelope) (receipt string, err error) {
	return s.hand(ctx, e, func(Finding) {})
}

// hand hands over one mail, and tells each step as it ends. What comes after the relay's last word changes nothing.
func (s *session) hand(ctx context.Context, e envelope, tell func(Finding)) (receipt string, err error) {
	r := s.relay
	stop := bound(ctx, s.conn)
	defer stop()
	offered, _ := s.client.Extension("SMTPUTF8")
	if e.to.utf8 && !offered {
		f := &Failure{Step: StepRecipient, Server: r.at.String(), Said: errNoUTF8, kind: port.ErrIncapable}
		tell(Finding{Step: StepRecipient, About: e.to.ascii, Failed: f})
		return "", f
	}
	s.client.SkipSMTPUTF8(!e.to.utf8) // a relay further on may lack it, which would bounce every mail
	if err := s.client.Mail("<" + e.from + ">"); err != nil {
		return "", r.tellFailure(tell, StepSender, err)
	}
	tell(Finding{Step: StepSender, About: e.from})
	if err := s.client.Rcpt(e.to.path()); err != nil {
		return "", r.tellFailure(tell, StepRecipient, err)
	}
	tell(Finding{Step: StepRecipient, About: e.to.ascii})
	w, err := s.client.Data()
	if err != nil {
		return "", r.tellFailure(tell, StepContent, err)
	}
	if _, err := w.Write(e.content); err != nil {
		return "", r.tellFailure(tell, StepContent, err)
	}
	if err := w.Close(); err != nil { // what the writer holds back is written here, so that the relay may have all of it
		return "", r.tellFailure(tell, StepAnswer, err)
	}
	said := w.(*smtp.DataCloser).ServerResponse()
	tell(Finding{Step: StepAnswer, About: r.at.String(), Said: said})
	return receiptIn(said), nil
}

var errNoUTF8 = errors.New("the relay does not offer SMTPUTF8, which an address with letters beyond ASCII needs")

// receipts are the forms in which relays name what they took: Postfix, Exchange, Exim.
var receipts = regexp.MustCompile(`(?:queued as |InternalId=|id=)([A-Za-z0-9-]{1,64})\b`)

// receiptIn finds the relay's name for a mail in its last word; empty where there is none of a known form.
func receiptIn(said string) string {
	if found := receipts.FindStringSubmatch(said); found != nil {
		return found[1]
	}
	return ""
}

// leaveTime bounds the farewell.
const leaveTime = time.Second

func (s *session) close() {
	_ = s.conn.SetDeadline(time.Now().Add(leaveTime))
	_ = s.client.Quit()
	_ = s.conn.Close()
}

// addresses are what a name stands for.
func addresses(found []string) map[string]string {
	return map[string]string{"addresses": strings.Join(found, ", ")}
}
