// Package smpptest plays a message centre that speaks SMPP 3.4, and does what a test says.
package smpptest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/linxGnu/gosmpp/data"

	"github.com/sparekey/sparekey/backend/certtest"
)

// Peer is a message centre. Its fields change under Do alone once it runs.
type Peer struct {
	URL       string         // "smpps://localhost:PORT", or "smpp-clear://localhost:PORT"
	Roots     *x509.CertPool // with TLS
	RootsFile string         // the same, in PEM

	// What it answers; nil: all is well.
	Bind    func(user, password, systemType string) data.CommandStatusType
	Submit  func(Submitted) Answer
	Enquire func() bool // whether it answers that it is there
	Unbind  func() bool // whether it answers a farewell
	Stay    bool        // it does not hang up after its own

	mu       sync.Mutex
	taken    []Submitted
	asked    int
	issued   int
	binds    int
	enquired int
	farewell int
	nacked   int
	waiting  int
	mostWait int
	links    []*link
	all      sync.WaitGroup
}

// Submitted is a part of a text that came.
type Submitted struct {
	From, To         string
	FromTON, FromNPI byte
	ToTON, ToNPI     byte
	Class, Coding    byte
	Priority         byte
	Receipt          byte
	Validity         string
	Ref, Parts, Part byte   // of a long text; zero otherwise
	Octets           []byte // without the header of a long one
	ID               string // under which it was taken
}

// Status is a command_status (SMPP 3.4, 5.1.3).
type Status = data.CommandStatusType

// Answer is what becomes of a part.
type Answer struct {
	Status data.CommandStatusType
	ID     string // empty: one of the peer's own
	Wait   <-chan struct{}
	Lost   bool // it is taken, and the connection cut
	Silent bool // it is taken, and not answered
	Cut    bool // the connection is cut, and it is not taken
	Raw    []byte
}

// New starts a peer in clear.
func New(t testing.TB) *Peer {
	t.Helper()
	p := &Peer{}
	p.listen(t, nil)
	p.URL = "smpp-clear" + p.URL
	return p
}

// NewTLS starts one by TLS, with a certificate for localhost.
func NewTLS(t testing.TB) *Peer {
	t.Helper()
	p := &Peer{}
	certificate := certtest.New(t, "localhost")
	p.Roots, p.RootsFile = certificate.Roots, certificate.Write(t, t.TempDir())
	p.listen(t, &tls.Config{Certificates: []tls.Certificate{certificate.Pair}, MinVersion: tls.VersionTLS12})
	p.URL = "smpps" + p.URL
	return p
}

func (p *Peer) listen(t testing.TB, c *tls.Config) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	p.URL = "://localhost:" + port
	if c != nil {
		l = tls.NewListener(l, c)
	}
	p.all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.all.Go(func() { p.Serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.Cut()
		p.all.Wait()
	})
}

// Dial reaches the peer without a network, as a test in time of its own wants it.
func (p *Peer) Dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	go p.Serve(there)
	return here, nil
}

// Do changes what the peer answers.
func (p *Peer) Do(change func(*Peer)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// ErrNoLink says that no client is bound.
var ErrNoLink = errors.New("nobody is bound")
