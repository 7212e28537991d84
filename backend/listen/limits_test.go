package listen_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/listen"
)

// shared is a network whose people share addresses.
var shared = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("127.0.0.64/26")}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// dial connects, from an address of the loopback network.
func dial(t *testing.T, from, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// answered reports whether a request on a connection gets a reply.
func answered(c net.Conn) bool {
	if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return false
	}
	reply, err := http.ReadResponse(bufio.NewReader(c), nil)
	return err == nil && reply.StatusCode == http.StatusOK
}

func TestConnectionsAreBoundedInAll(t *testing.T) {
	s := serve(t, listen.Config{Handler: hello, Proxies: loopback, Limits: listen.Limits{Connections: 3, ConnectionsPerClient: 1}})
	var open []net.Conn
	for i := range 3 { // a proxy's, which are bounded by the total alone
		c := dial(t, "127.0.0.1", s.address)
		if !answered(c) {
			t.Fatalf("connection %d was turned away", i)
		}
		open = append(open, c)
	}
	if answered(dial(t, "127.0.0.1", s.address)) {
		t.Error("one more than there may be was heard")
	}
	if s.Connections() != 3 || s.TurnedAway() != 1 {
		t.Errorf("%d are open, %d were turned away", s.Connections(), s.TurnedAway())
	}
	_, _ = io.WriteString(open[0], "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	_, _ = io.Copy(io.Discard, open[0]) // until the server has closed it
	for !answered(dial(t, "127.0.0.1", s.address)) {
		if s.Connections() < 3 {
			continue // it is being counted out
		}
		t.Fatal("the place of one that was closed is not free again")
	}
}

func TestNoClientTakesAllConnections(t *testing.T) {
	a := newAuthority(t)
	s := serve(t, listen.Config{Handler: hello, Certificate: open(t, a.folder(1)), Limits: listen.Limits{Connections: 10, ConnectionsPerClient: 2}, Shared: shared})
	closed := func(from string) bool {
		c := dial(t, from, s.address)
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\n\r\n") // in clear: who is heard gets an answer that says so
		line, _ := bufio.NewReader(c).ReadString('\n')
		return line == ""
	}
	held := []net.Conn{dial(t, "127.0.0.1", s.address), dial(t, "127.0.0.1", s.address)}
	for range 4 {
		held = append(held, dial(t, "127.0.0.65", s.address))
	}
	if closed("127.0.0.65") {
		t.Error("somebody who shares an address with many was turned away")
	}
	if !closed("127.0.0.1") {
		t.Error("a third connection of one client was heard")
	}
	if closed("127.0.0.2") {
		t.Error("another client was turned away")
	}
	_ = held
}

// TestNobodyButAProxySpeaksInClear holds that a server without a certificate hears the proxies that its settings name.
func TestNobodyButAProxySpeaksInClear(t *testing.T) {
	s := serve(t, listen.Config{Handler: hello, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.7/32")}})
	if answered(dial(t, "127.0.0.1", s.address)) {
		t.Error("somebody was heard in clear")
	}
	if !answered(dial(t, "127.0.0.7", s.address)) {
		t.Error("the proxy was turned away")
	}
}

// TestSlowRequestsAreCut is the threat of clients that hold connections by sending a header, or a body, without end.
func TestSlowRequestsAreCut(t *testing.T) {
	slurp := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
	})
	const short = 50 * time.Millisecond
	for name, c := range map[string]struct {
		limits listen.Limits
		said   string
	}{
		"nothing":    {listen.Limits{HeaderTime: short, BodyTime: time.Hour}, ""},
		"a header":   {listen.Limits{HeaderTime: short, BodyTime: time.Hour}, "POST / HTTP/1.1\r\nHost: x\r\nX-A: "},
		"a body":     {listen.Limits{HeaderTime: short, BodyTime: 2 * short}, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"},
		"no request": {listen.Limits{HeaderTime: short, BodyTime: time.Hour, IdleTime: short}, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
	} {
		s := serve(t, listen.Config{Handler: slurp, Proxies: loopback, Limits: c.limits})
		conn := dial(t, "127.0.0.1", s.address)
		_, _ = io.WriteString(conn, c.said)
		if _, err := io.Copy(io.Discard, conn); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("%s: the connection stays open", name)
		}
	}
}

// TestNothingIsLeftOfConnectionsThatEnd, however they do: said nothing, broke off in the middle, or spoke no TLS.
func TestNothingIsLeftOfConnectionsThatEnd(t *testing.T) {
	a := newAuthority(t)
	s := serve(t, listen.Config{Handler: hello, Certificate: open(t, a.folder(1)), Limits: listen.Limits{Connections: 1000}})
	before := runtime.NumGoroutine()
	for i := range 200 {
		c := dial(t, "127.0.0.1", s.address)
		switch i % 4 {
		case 1:
			_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		case 2:
			_, _ = c.Write([]byte{22, 3, 1, 2, 0}) // the head of a handshake
		case 3:
			secure := tls.Client(c, &tls.Config{InsecureSkipVerify: true})
			_ = secure.Handshake()
			_, _ = io.WriteString(secure, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
		}
		_ = c.Close()
	}
	for began := time.Now(); s.Connections() > 0 || runtime.NumGoroutine() > before+10; runtime.Gosched() {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%d connections and %d goroutines are left, of %d", s.Connections(), runtime.NumGoroutine(), before)
		}
	}
}

func TestHugeHeadersAreRefused(t *testing.T) {
	s := serve(t, listen.Config{Handler: hello, Proxies: loopback})
	for name, header := range map[string]string{
		"one":  "X-A: " + strings.Repeat("a", 64<<10) + "\r\n",
		"many": strings.Repeat("X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", 4<<10),
	} {
		c := dial(t, "127.0.0.1", s.address)
		go func() { _, _ = fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", header) }()
		reply, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || reply.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%s: %v, %v", name, reply, err)
		}
	}
}

func TestAClientMakesSoManyRequests(t *testing.T) {
	c := &clock{now: time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)}
	r := listen.NewRequests(60, shared, c)
	for i := range 20 {
		if !r.Take("192.0.2.7").IsZero() {
			t.Fatalf("request %d was refused", i)
		}
	}
	retry := r.Take("192.0.2.7")
	if want := c.now.Add(time.Second); !retry.Equal(want) {
		t.Errorf("the next one is taken at %v, want %v", retry, want)
	}
	if !r.Take("192.0.2.8").IsZero() {
		t.Error("another client was refused")
	}
	for range 100 {
		if !r.Take("198.51.100.7").IsZero() {
			t.Fatal("many who share an address were refused")
		}
	}
	c.now = retry
	if !r.Take("192.0.2.7").IsZero() {
		t.Error("refused when it was said to be taken")
	}
}

// TestAPrefixIsOneClient is the threat of a client with an IPv6 network, which has as many addresses as it likes.
func TestAPrefixIsOneClient(t *testing.T) {
	r := listen.NewRequests(60, shared, &clock{now: time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)})
	taken := 0
	for i := range 100 {
		if r.Take(fmt.Sprintf("2001:db8::%x", i)).IsZero() {
			taken++
		}
	}
	if taken != 20 {
		t.Errorf("%d requests were taken, want 20", taken)
	}
}

// TestManyClientsTakeNoMemoryWithoutEnd: those over what is remembered share a counter, and none is let through for it.
func TestManyClientsTakeNoMemoryWithoutEnd(t *testing.T) {
	c := &clock{now: time.Date(2027, 3, 4, 12, 0, 0, 0, time.UTC)}
	r := listen.NewRequests(60, shared, c)
	refused := 0
	for i := range 10_000 + 200 {
		if !r.Take(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)).IsZero() {
			refused++
		}
	}
	if refused != 200-20 {
		t.Errorf("%d of those over the bound were refused, want %d", refused, 200-20)
	}
	c.now = c.now.Add(time.Hour)
	if !r.Take("192.0.2.1").IsZero() {
		t.Error("an hour later a new client was refused")
	}
}
