package client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sparekey/sparekey/app"
)

// wantOffline checks the code and its reason.
func wantOffline(t *testing.T, what string, err error, reason string) {
	t.Helper()
	var e *app.Error
	if !errors.As(err, &e) || e.Code != app.CodeOffline || e.Params["reason"] != reason {
		t.Errorf("%s: got %#v, want offline for %q", what, err, reason)
	}
}

func organisation(c *Client) error {
	_, err := c.Organisation(context.Background())
	return err
}

func TestTheZeroValueIsOffline(t *testing.T) {
	var c Client
	wantOffline(t, "zero value", organisation(&c), "address")
	if _, err := c.Current(context.Background()); app.CodeOf(err) != app.CodeSignedOut {
		t.Errorf("got %v", err)
	}
	if _, err := c.Get(context.Background(), "F1"); app.CodeOf(err) != app.CodeNoFlow {
		t.Errorf("got %v", err)
	}
	if s := c.Services(); s.Front == nil || s.Flows == nil || s.Sessions == nil {
		t.Error("a service is missing")
	}
}

func TestOnlyTLSLeavesTheMachine(t *testing.T) {
	sent := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("sent") })
	for base, allowed := range map[string]bool{
		"https://sparekey.example": true, "https://sparekey.example/": true, "https://10.0.0.1:8443": true,
		"http://127.0.0.1:8080": true, "http://[::1]:8080": true, "http://localhost:8080": true,
		"http://sparekey.example": false, "http://10.0.0.1": false, "http://localhost.evil.example": false, "http://127.0.0.1.evil.example": false,
		"ftp://sparekey.example": false, "sparekey.example": false, "": false, "https://": false, "https://user:pw@sparekey.example": false,
		"https://sparekey.example?x=1": false, "https://sparekey.example#x": false, "http://[::1": false, "//sparekey.example": false,
	} {
		reason := "address"
		if allowed {
			reason = "unreachable" // it came as far as the transport
		}
		wantOffline(t, base, organisation(&Client{Base: base, Transport: sent}), reason)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestABadCertificateIsAHardStop(t *testing.T) {
	server := httptest.NewUnstartedServer(newServer())
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about the very handshakes that must fail
	server.StartTLS()
	defer server.Close()
	wantOffline(t, "unknown authority", organisation(&Client{Base: server.URL}), "certificate_unknown")
	// Trusted, but issued to another host.
	c := &Client{Base: strings.Replace(server.URL, "127.0.0.1", "localhost", 1), Transport: server.Client().Transport}
	wantOffline(t, "another host", organisation(c), "certificate_name")
	if err := organisation(&Client{Base: server.URL, Transport: server.Client().Transport}); err != nil {
		t.Errorf("the trusted one: %v", err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	c := Trust{}.Transport("reset.example.org").TLSClientConfig
	if c.MinVersion != tls.VersionTLS12 {
		t.Errorf("minimum %x", c.MinVersion)
	}
	if c.RootCAs != nil || c.InsecureSkipVerify {
		t.Error("not the system's roots")
	}
}

func TestRepliesThatAreNone(t *testing.T) {
	page := func(status int, media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, h := range map[string]http.Handler{
		"redirect": page(302, "text/html", "over there"), "permanent redirect": page(308, "application/json", "{}"),
	} {
		wantOffline(t, name, organisation(&Client{Transport: InProcess(h)}), "redirect")
	}
	for name, h := range map[string]http.Handler{
		"captive portal": page(200, "text/html", "<html>log in</html>"), "cut": page(200, "application/json", `{"name":`),
		"no content": page(204, "", ""), "another service": page(200, "application/json", `{"status":"ok"}`),
		"no such page": page(404, "text/html", "<html>nginx</html>"), "a teapot": page(418, "application/json", `{"code":"offline"}`), "huge": page(200, "application/json", `{"name":"`+strings.Repeat("x", maxReply)+`"}`),
		"panic": http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh") }),
	} {
		wantOffline(t, name, organisation(&Client{Transport: InProcess(h)}), "answer")
	}
	for code, h := range map[app.Code]http.Handler{
		app.CodeUnavailable: page(502, "text/html", "Bad Gateway"), app.CodeThrottled: page(429, "text/plain", "slow down"),
		app.CodeInternal: page(500, "application/problem+json", "{}"),
	} {
		if err := organisation(&Client{Transport: InProcess(h)}); app.CodeOf(err) != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
	ctx := context.Background()
	bare := page(409, "application/problem+json", `{"code":"flow_moved","flow":{"id":"F1"}}`)
	c := &Client{Transport: InProcess(bare)}
	c.tokens.put("F1", app.NewSecret("t"))
	if f, err := c.Get(ctx, "F1"); app.CodeOf(err) != app.CodeMoved || f.ID != "" {
		t.Errorf("a flow without a step beside a problem: %v with %q", err, f.ID)
	}
	odd := page(201, "application/json", `{"flow":{"id":"F1"},"token":"t"}`)
	if _, err := (&Client{Transport: InProcess(odd)}).Start(ctx, app.Start{}); app.CodeOf(err) != app.CodeOffline {
		t.Errorf("a flow without a step: %v", err)
	}
}

func TestABrokenConnectionIsTriedOnceMoreWithTheSameKey(t *testing.T) {
	s := newServer()
	var cut atomic.Int32
	cut.Store(1)
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if cut.Add(-1) >= 0 {
			s.mu.Lock()
			s.requests = append(s.requests, "cut "+r.Header.Get("Idempotency-Key"))
			s.mu.Unlock()
			panic(http.ErrAbortHandler)
		}
		s.ServeHTTP(w, r)
	}))
	defer h.Close()
	// Without connections to reuse, net/http does not repeat by itself.
	c := &Client{Base: h.URL, Transport: &http.Transport{DisableKeepAlives: true}}
	if _, err := c.Start(context.Background(), app.Start{Purpose: app.PurposeReset, Key: goodKey}); err != nil {
		t.Fatal(err)
	}
	want := "cut 0123456789abcdef|POST /v1/flows  0123456789abcdef"
	if got := strings.Join(s.asked(), "|"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	cut.Store(99)
	wantOffline(t, "always cut", organisation(c), "unreachable")
	if n := len(s.asked()) - 2; n != 2 {
		t.Errorf("%d tries", n)
	}
}

func TestNobodyThereIsNotTriedTwice(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	tries := 0
	c := &Client{Base: base, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		tries++
		return http.DefaultTransport.RoundTrip(r)
	})}
	wantOffline(t, "refused", organisation(c), "refused")
	if tries != 1 {
		t.Errorf("%d tries", tries)
	}
}

func TestARequestTakesFifteenSecondsAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		c, began := &Client{Transport: InProcess(hang)}, time.Now()
		wantOffline(t, "hanging", organisation(c), "timeout")
		if took := time.Since(began); took != 15*time.Second {
			t.Errorf("took %v", took)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		began = time.Now()
		_, err := c.Organisation(ctx)
		wantOffline(t, "the caller's own deadline", err, "timeout")
		if took := time.Since(began); took != time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("took %v, %v", took, err)
		}
	})
}

func TestACallerWhoGoesAwayIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		stubborn := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release })
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		_, err := (&Client{Transport: InProcess(stubborn)}).Organisation(ctx)
		wantOffline(t, "cancelled", err, "cancelled")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("errors.Is does not find the cancellation in %v", err)
		}
		close(release)
	})
}

func TestInProcessHasNoAddress(t *testing.T) {
	var got http.Request
	c := &Client{Station: "desk\r\n 3", Transport: InProcess(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = *r
		respond(w, 200, map[string]string{"name": "Harbour"})
	}))}
	if err := organisation(c); err != nil {
		t.Fatal(err)
	}
	if got.RemoteAddr != "local" || got.RequestURI != "/v1/organisation" || got.Header.Get("Sparekey-Station") != "desk 3" {
		t.Errorf("got %q %q %q", got.RemoteAddr, got.RequestURI, got.Header.Get("Sparekey-Station"))
	}
	if got.Header.Get("Authorization") != "" {
		t.Error("a token was sent where none is needed")
	}
}
