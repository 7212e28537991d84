// Package calltest plays exchanges and telephones for tests: one that a script is in charge of, and baresip. It also says what was spoken.
package calltest

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// patience bounds what a test waits for.
const patience = 10 * time.Second

// Config is how a telephone behaves.
type Config struct {
	Network     string // "udp", "tcp" or "tls"
	At          string // the address; empty: 127.0.0.1
	Certificate tls.Certificate
	// Behave is called for each new call, in a goroutine of its own; nil: it says nothing at all.
	Behave func(*Call)
	// Challenges are the algorithms by which it wants a proof of each REGISTER and INVITE, each in a header of its own; none: it wants none.
	Challenges     []string
	User, Password string
	Realm          string
	Expires        int // of registrations, in seconds
}

// Phone is an exchange with one telephone, on this computer.
type Phone struct {
	config  Config
	Address string // HOST:PORT
	packets net.PacketConn
	stream  net.Listener

	mu    sync.Mutex
	seen  map[sip.RequestMethod][]*sip.Request // without those that came again
	known map[string]bool
	calls map[string]*Call
	waits []chan *sip.Response // for replies to its own requests
	conns []net.Conn
}

// New starts a telephone; it ends with the test.
func New(t testing.TB, c Config) *Phone {
	t.Helper()
	p := &Phone{config: c, seen: map[sip.RequestMethod][]*sip.Request{}, known: map[string]bool{}, calls: map[string]*Call{}}
	var err error
	at := net.JoinHostPort(cmp.Or(c.At, "127.0.0.1"), "0")
	switch c.Network {
	case "udp":
		if p.packets, err = net.ListenPacket("udp", at); err == nil {
			p.Address = p.packets.LocalAddr().String()
			go p.readPackets()
		}
	case "tls":
		p.stream, err = tls.Listen("tcp", at, &tls.Config{Certificates: []tls.Certificate{c.Certificate}})
	default:
		p.stream, err = net.Listen("tcp", at)
	}
	if err != nil {
		t.Fatal(err)
	}
	if p.stream != nil {
		p.Address = p.stream.Addr().String()
		go p.accept()
	}
	t.Cleanup(p.close)
	return p
}

func (p *Phone) close() {
	if p.packets != nil {
		_ = p.packets.Close()
		return
	}
	_ = p.stream.Close()
	p.Cut()
}

// Cut closes all connections.
func (p *Phone) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
}

// Seen gives the requests of a method, without those that came again.
func (p *Phone) Seen(m sip.RequestMethod) []*sip.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen[m]
}

// Await waits for so many requests of a method.
func (p *Phone) Await(t testing.TB, m sip.RequestMethod, n int) {
	t.Helper()
	for end := time.Now().Add(patience); len(p.Seen(m)) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d %s came, not %d", len(p.Seen(m)), m, n)
		}
	}
}

func (p *Phone) readPackets() {
	buffer := make([]byte, 65536)
	for {
		n, from, err := p.packets.ReadFrom(buffer)
		if err != nil {
			return
		}
		p.take(buffer[:n], from.String(), func(b []byte) { _, _ = p.packets.WriteTo(b, from) })
	}
}

func (p *Phone) accept() {
	for {
		c, err := p.stream.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		p.conns = append(p.conns, c)
		p.mu.Unlock()
		go p.readStream(c)
	}
}

func (p *Phone) readStream(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	var write sync.Mutex
	for {
		message, err := readMessage(r)
		if err != nil {
			return
		}
		p.take(message, c.RemoteAddr().String(), func(b []byte) {
			write.Lock()
			defer write.Unlock()
			_, _ = c.Write(b)
		})
	}
}

func readMessage(r *bufio.Reader) ([]byte, error) {
	var b strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		b.WriteString(line)
		if name, value, is := strings.Cut(line, ":"); is && strings.EqualFold(name, "Content-Length") {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
		if strings.TrimSpace(line) == "" {
			break
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(r, body)
	return append([]byte(b.String()), body...), err
}

// take takes one message.
func (p *Phone) take(raw []byte, from string, send func([]byte)) {
	m, err := sip.ParseMessage(append([]byte(nil), raw...))
	if err != nil {
		return
	}
	if res, is := m.(*sip.Response); is {
		p.mu.Lock()
		for _, w := range p.waits {
			select {
			case w <- res:
			default:
			}
		}
		p.mu.Unlock()
		return
	}
	req := m.(*sip.Request)
	req.SetSource(from)
	branch, _ := req.Via().Params.Get("branch")
	key := branch + string(req.Method)
	p.mu.Lock()
	again := p.known[key]
	p.known[key] = true
	if !again {
		p.seen[req.Method] = append(p.seen[req.Method], req)
	}
	c := p.calls[req.CallID().Value()]
	p.mu.Unlock()
	if !again {
		p.handle(req, c, send)
	}
}

func (p *Phone) handle(req *sip.Request, c *Call, send func([]byte)) {
	if (req.Method == sip.INVITE || req.Method == sip.REGISTER) && !p.allowed(req, send) {
		return
	}
	switch {
	case req.Method == sip.REGISTER:
		res := sip.NewResponseFromRequest(req, 200, "OK", nil)
		res.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(p.config.Expires)))
		send([]byte(res.String()))
	case req.Method == sip.INVITE && p.config.Behave != nil:
		c = newCall(p, req, send)
		p.mu.Lock()
		p.calls[req.CallID().Value()] = c
		p.mu.Unlock()
		go p.config.Behave(c)
	case c == nil:
	case req.Method == sip.CANCEL:
		c.cancelled(req)
	case req.Method == sip.ACK:
		c.once(c.acked)
	case req.Method == sip.BYE:
		send([]byte(sip.NewResponseFromRequest(req, 200, "OK", nil).String()))
		c.once(c.Ended)
	}
}

// allowed asks for a proof, or looks at it.
func (p *Phone) allowed(req *sip.Request, send func([]byte)) bool {
	if len(p.config.Challenges) == 0 {
		return true
	}
	code, gives, wants := 401, "Authorization", "WWW-Authenticate"
	if req.Method == sip.INVITE {
		code, gives, wants = 407, "Proxy-Authorization", "Proxy-Authenticate"
	}
	if h := req.GetHeader(gives); h != nil && p.proves(req, h.Value()) {
		return true
	}
	res := sip.NewResponseFromRequest(req, code, "Who is it", nil)
	for _, algorithm := range p.config.Challenges {
		value := fmt.Sprintf(`Digest realm="%s", nonce="once", qop="auth"`, p.config.Realm)
		if algorithm != "" {
			value += ", algorithm=" + algorithm
		}
		res.AppendHeader(sip.NewHeader(wants, value))
	}
	send([]byte(res.String()))
	return false
}

func (p *Phone) proves(req *sip.Request, given string) bool {
	is, err := digest.ParseCredentials(given)
	if err != nil {
		return false
	}
	want, err := digest.Digest(&digest.Challenge{Realm: p.config.Realm, Nonce: "once", Algorithm: is.Algorithm, QOP: []string{"auth"}},
		digest.Options{Method: req.Method.String(), URI: req.Recipient.String(), Count: is.Nc, Username: p.config.User, Password: p.config.Password, Cnonce: is.Cnonce})
	return err == nil && want.Response == is.Response
}
