package client

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// proxy leads on (CONNECT: RFC 9110, section 9.3.6), or answers with a status.
type proxy struct {
	status int // 0: it leads on
	asked  atomic.Int32
	login  atomic.Value // what it was told in Proxy-Authorization
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.asked.Add(1)
	p.login.Store(r.Header.Get("Proxy-Authorization"))
	if p.status != 0 || r.Method != http.MethodConnect {
		w.Header().Set("Proxy-Authenticate", "Basic")
		w.WriteHeader(p.status)
		return
	}
	to, err := net.Dial("tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer to.Close()
	from, buffered, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer from.Close()
	_, _ = io.WriteString(from, "HTTP/1.1 200 Connected\r\n\r\n")
	go func() { _, _ = io.Copy(to, buffered) }()
	_, _ = io.Copy(from, to)
}

func served(t *testing.T, h http.Handler) *url.URL {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestAProxyLeadsToTheServer(t *testing.T) {
	a := newAuthority(t)
	s, cert := a.serve(newServer(), nil)
	p := &proxy{}
	way := http.ProxyURL(served(t, p))
	if err := organisation(&Client{Base: s.URL, Trust: Trust{Authorities: a.pool(), Proxy: way, Pins: []Pin{PinOf(cert)}}}); err != nil || p.asked.Load() != 1 {
		t.Errorf("%v; the proxy was asked %d times", err, p.asked.Load())
	}
	named := served(t, p)
	named.User = url.UserPassword("ana", "secret") // as HTTPS_PROXY may have it
	if err := organisation(&Client{Base: s.URL, Trust: Trust{Authorities: a.pool(), Proxy: http.ProxyURL(named)}}); err != nil || p.login.Load() != "Basic YW5hOnNlY3JldA==" {
		t.Errorf("%v; the proxy was told %q", err, p.login.Load())
	}
	wantOffline(t, "a bad certificate behind a proxy", organisation(&Client{Base: s.URL, Trust: Trust{Proxy: way}}), "certificate_unknown")
	wantOffline(t, "another key behind a proxy", organisation(&Client{Base: s.URL, Trust: Trust{Authorities: a.pool(), Proxy: way, Pins: []Pin{{1}}}}), "certificate_pin")
}

// TestPinsAreTheServersAndNotThoseOfAProxy that is spoken to over TLS itself.
func TestPinsAreTheServersAndNotThoseOfAProxy(t *testing.T) {
	a := newAuthority(t)
	s, cert := a.serve(newServer(), nil)
	p, _ := a.serve(&proxy{}, func(c *x509.Certificate) { c.DNSNames = []string{"localhost"} }, func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} })
	at, err := url.Parse(strings.Replace(p.URL, "127.0.0.1", "localhost", 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pin    Pin
		reason string
	}{"the server's": {PinOf(cert), ""}, "another": {Pin{1}, "certificate_pin"}} {
		err := organisation(&Client{Base: s.URL, Trust: Trust{Authorities: a.pool(), Proxy: http.ProxyURL(at), Pins: []Pin{c.pin}}})
		if c.reason != "" {
			wantOffline(t, name, err, c.reason)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Threat: a proxy by the server's own name would have its pins passed over.
	own := &pinning{pins: []Pin{{1}}, server: "Reset.example.org."}
	own.proxies.Store("reset.example.org", true)
	if err := own.verify(tls.ConnectionState{ServerName: "reset.example.org"}); err == nil {
		t.Error("a proxy's name stands for the server's")
	}
}

func TestWhyAProxyDoesNotLeadOn(t *testing.T) {
	for reason, status := range map[string]int{"proxy_password": 407, "proxy_refused": 403} {
		at := served(t, &proxy{status: status})
		c := &Client{Base: "https://reset.example.org", Trust: Trust{Proxy: http.ProxyURL(at)}}
		err := organisation(c)
		wantOffline(t, reason, err, reason)
		if got := paramsOf(t, reason, err); got["proxy"] != at.Host || got["server"] != "reset.example.org" {
			t.Errorf("%s: %v", reason, got)
		}
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	at := &url.URL{Scheme: "http", User: url.UserPassword("ana", "secret"), Host: gone.Addr().String()}
	failed := organisation(&Client{Base: "https://reset.example.org", Trust: Trust{Proxy: http.ProxyURL(at)}})
	wantOffline(t, "gone", failed, "proxy_unreachable")
	if got := paramsOf(t, "gone", failed); got["proxy"] != at.Host {
		t.Errorf("the proxy is called %q", got["proxy"])
	}
	if strings.Contains(failed.Error(), "secret") {
		t.Errorf("the proxy's password is told: %v", failed)
	}
}

// TestTheEnvironmentsProxyIsTaken in a process of its own, since the environment is read once.
func TestTheEnvironmentsProxyIsTaken(t *testing.T) {
	const named = "http://proxy.example:3128"
	if os.Getenv("HTTPS_PROXY") != named {
		child := exec.Command(os.Args[0], "-test.run=^TestTheEnvironmentsProxyIsTaken$", "-test.count=1")
		child.Env = append(os.Environ(), "HTTPS_PROXY="+named, "NO_PROXY=inside.example")
		if out, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	for server, want := range map[string]string{"https://reset.example.org": named, "https://inside.example": "", "https://127.0.0.1": ""} {
		if got := wayTo(t, Trust{}, server); got != want {
			t.Errorf("the way to %s is %q, want %q", server, got, want)
		}
	}
	if got := wayTo(t, Trust{Proxy: http.ProxyURL(nil)}, "https://reset.example.org"); got != "" {
		t.Errorf("none was set, and %s is taken", got)
	}
}

// wayTo is the proxy to a server; empty for none.
func wayTo(t *testing.T, trust Trust, server string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server, nil)
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := trust.way()(r)
	if err != nil {
		t.Fatal(err)
	}
	if proxy == nil {
		return ""
	}
	return proxy.String()
}
