package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/sparekey/sparekey/backend/certtest"
)

// Scripted is a mail server that does what a test says. Its fields change under Do alone once it runs.
type Scripted struct {
	URL       string // "smtp://localhost:PORT"
	Roots     *x509.CertPool
	RootsFile string // the same, in PEM

	// What it answers; nil: all is well. Cut, at Data, takes the mail and cuts the connection.
	Auth func(mechanism, user, secret string) error
	Mail func(from string, utf8 bool) error
	Rcpt func(to string) error
	Data func(content []byte) error

	mu       sync.Mutex
	taken    []Taken
	sessions int
	conns    map[*smtp.Conn]bool
}

// Taken is a mail that arrived.
type Taken struct {
	From, To string
	UTF8     bool
	Content  []byte
}

// ErrCut has the connection cut, in place of an answer.
var ErrCut = errors.New("cut")

// Refuse is an answer with a code and an enhanced one.
func Refuse(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

// Shape changes the server before it listens.
type Shape func(*smtp.Server)

// NewScripted starts a server with STARTTLS, and SMTPUTF8, unless shapes change that.
func NewScripted(t testing.TB, shapes ...Shape) *Scripted {
	t.Helper()
	s := &Scripted{conns: map[*smtp.Conn]bool{}}
	certificate := certtest.New(t, "localhost")
	s.Roots, s.RootsFile = certificate.Roots, certificate.Write(t, t.TempDir())
	server := smtp.NewServer(smtp.BackendFunc(s.begin))
	server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate.Pair}, MinVersion: tls.VersionTLS12}
	server.Domain, server.EnableSMTPUTF8, server.ErrorLog = "relay.harbour.example", true, log.New(io.Discard, "", 0)
	for _, shape := range shapes {
		shape(server)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	s.URL = "smtp://localhost:" + port
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// Do changes what the server answers.
func (s *Scripted) Do(change func(*Scripted)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// Taken are the mails that arrived so far.
func (s *Scripted) Taken() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

// Sessions counts the connections that got as far as a greeting.
func (s *Scripted) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions
}

// Cut cuts every connection.
func (s *Scripted) Cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.Conn().Close()
	}
}

func (s *Scripted) begin(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.conns[c] {
		s.sessions++
	}
	s.conns[c] = true
	return &session{server: s, conn: c}, nil
}

type session struct {
	server *Scripted
	conn   *smtp.Conn
	mail   Taken
}

// answer carries out what a script says.
func (s *session) answer(script func() error) error {
	if script == nil {
		return nil
	}
	err := script()
	if errors.Is(err, ErrCut) {
		_ = s.conn.Conn().Close()
	}
	return err
}

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string { return []string{"PLAIN", "XOAUTH2"} }

// Auth implements smtp.AuthSession.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	s.server.mu.Lock()
	judge := s.server.Auth
	s.server.mu.Unlock()
	if judge == nil {
		judge = func(string, string, string) error { return nil }
	}
	if mechanism == "XOAUTH2" {
		return &bearer{judge: judge}, nil
	}
	return sasl.NewPlainServer(func(_, user, secret string) error { return judge(mechanism, user, secret) }), nil
}

// bearer takes the one line of XOAUTH2.
type bearer struct {
	judge func(mechanism, user, secret string) error
}

// Next implements sasl.Server.
func (b *bearer) Next(response []byte) (challenge []byte, done bool, err error) {
	return nil, true, b.judge("XOAUTH2", "", string(response))
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.mail = Taken{} }

// Logout implements smtp.Session.
func (s *session) Logout() error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	delete(s.server.conns, s.conn)
	return nil
}

// Mail implements smtp.Session.
func (s *session) Mail(from string, o *smtp.MailOptions) error {
	s.server.mu.Lock()
	script := s.server.Mail
	s.server.mu.Unlock()
	s.mail = Taken{From: from, UTF8: o.UTF8}
	if script == nil {
		return nil
	}
	return s.answer(func() error { return script(from, o.UTF8) })
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	script := s.server.Rcpt
	s.server.mu.Unlock()
	s.mail.To = to
	if script == nil {
		return nil
	}
	return s.answer(func() error { return script(to) })
}

// Data implements smtp.Session. A mail whose answer is cut is taken all the same.
func (s *session) Data(r io.Reader) error {
	content, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	script := s.server.Data
	s.server.mu.Unlock()
	if script != nil {
		err = script(content)
	}
	if err == nil || errors.Is(err, ErrCut) {
		s.mail.Content = content
		s.server.mu.Lock()
		s.server.taken = append(s.server.taken, s.mail)
		s.server.mu.Unlock()
	}
	return s.answer(func() error { return err })
}
