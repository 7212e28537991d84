package gateway

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/delivery/gateway/gatewaytest"
)

// TestATextGoesByAProxy where there is one, which sees whom it is for, and nothing of it.
func TestATextGoesByAProxy(t *testing.T) {
	p := gatewaytest.New(t, "sinch")
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.Host+" "+r.Header.Get("Authorization"))
		far, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		near, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			_ = far.Close()
			return
		}
		_, _ = io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
		_, _ = io.Copy(near, far)
		_ = near.Close()
	}))
	defer proxy.Close()
	at, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	g, _ := settled(t, KindSinch, p, func(c *Config) { c.Proxy = http.ProxyURL(at) })
	if _, err := carried(t, g, message()); err != nil {
		t.Fatal(err)
	}
	if want := "CONNECT " + strings.TrimPrefix(p.URL, "https://") + " "; len(asked) != 1 || asked[0] != want {
		t.Errorf("the proxy was asked %q, want %q", asked, want)
	}
	_ = g.Close()

	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }))
	defer refusing.Close()
	if at, err = url.Parse(refusing.URL); err != nil {
		t.Fatal(err)
	}
	g, _ = settled(t, KindSinch, p, func(c *Config) { c.Proxy = http.ProxyURL(at) })
	if a, err := carried(t, g, message()); err == nil || a.Outcome != "tls" || !strings.Contains(err.Error(), "Forbidden") || len(p.Asked()) != 1 {
		t.Errorf("%q, %v", a.Outcome, err)
	}
}
