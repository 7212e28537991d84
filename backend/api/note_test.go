package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/client/wire"
)

// TestOnlyTheServersOwnHostIsServed is the threat of a Host header that leads somewhere else: whatever else names a host is not
// read, and no reply tells it on.
func TestOnlyTheServersOwnHostIsServed(t *testing.T) {
	f := newFake()
	h := api.New(api.Config{Front: f, Flows: f, Grants: f, Host: "reset.example.org"})
	ask := func(host string, header http.Header) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/v1/organisation", nil)
		r.Host, r.Header = host, header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, host := range []string{"reset.example.org", "RESET.example.org", "reset.example.org:443"} {
		if w := ask(host, http.Header{}); w.Code != http.StatusOK {
			t.Errorf("%s: %d", host, w.Code)
		}
	}
	for _, host := range []string{
		"", "evil.example", "reset.example.org.", "reset.example.org.evil.example", "evil.example/reset.example.org", "reset.example.org:8443",
		"reset.example.org@evil.example", "reset.example.org:443:443", "xreset.example.org", "127.0.0.1", "[::1]", "reset.example.org\x00", "reset.example.org,evil.example",
	} {
		w := ask(host, http.Header{})
		wantProblem(t, host, w, app.CodeBadRequest)
		if strings.Contains(w.Body.String(), "evil") {
			t.Errorf("%s: the reply tells it on: %s", host, w.Body)
		}
	}
	for _, name := range []string{"X-Forwarded-Host", "X-Host", "X-Original-Host", "Forwarded", "X-Forwarded-Server", "Origin", "Referer"} {
		w := ask("reset.example.org", http.Header{name: {"host=evil.example"}})
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "evil") || len(w.Header().Values("Location")) > 0 {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
	}
}

// FuzzHost tries hosts and headers that might name one: only the server's own is answered, and no reply tells another on.
func FuzzHost(f *testing.F) {
	f.Add("evil.example", "X-Forwarded-Host", "evil.example")
	f.Add("reset.example.org:443", "Forwarded", "host=evil.example;proto=http")
	f.Add("reset.example.org\t", "Host", "evil.example")
	services := newFake()
	h := api.New(api.Config{Front: services, Flows: services, Grants: services, Host: "reset.example.org"})
	f.Fuzz(func(t *testing.T, host, name, value string) {
		if strings.EqualFold(name, "Authorization") {
			return // who is asked about is another question
		}
		r := httptest.NewRequest("GET", "/v1/organisation", nil)
		r.Host = host
		r.Header[http.CanonicalHeaderKey(name)] = []string{value}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		own := strings.EqualFold(strings.TrimSuffix(host, ":443"), "reset.example.org")
		if !own && w.Code != http.StatusBadRequest {
			t.Errorf("the host %q is answered with %d", host, w.Code)
		}
		if len(value) > 12 && strings.Contains(w.Body.String(), value) || len(w.Header().Values("Location")) > 0 {
			t.Errorf("%s: %q is told on: %s", name, value, w.Body)
		}
	})
}

// TestWhoAsksTooOftenReachesNothing, by the address that the connection or a proxy says.
func TestWhoAsksTooOftenReachesNothing(t *testing.T) {
	f := newFake()
	var from []string
	h := api.New(api.Config{Front: f, Flows: f, Grants: f, TrustedProxies: proxies, Requests: func(network string) time.Time {
		from = append(from, network)
		return noon.Add(time.Second)
	}})
	ask := func(remote, forwarded string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/v1/organisation", nil)
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for _, w := range []*httptest.ResponseRecorder{ask("192.0.2.7:4711", "198.51.100.1"), ask("10.0.0.1:4711", "203.0.113.9, 198.51.100.1")} {
		wantProblem(t, "too often", w, app.CodeThrottled)
		var p wire.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || !time.Time(p.RetryAt).Equal(noon.Add(time.Second)) {
			t.Errorf("no time to come back at in %s (%v)", w.Body, err)
		}
	}
	if want := []string{"192.0.2.7", "198.51.100.1"}; !slices.Equal(from, want) {
		t.Errorf("counted under %v, want %v", from, want)
	}
	if f.reached() != 0 {
		t.Error("a service was reached")
	}
}

// observed keeps what an observer was told.
type observed struct {
	begun int
	seen  []port.Request
}

type observedKey struct{}

func (o *observed) Begin(ctx context.Context) (context.Context, func(port.Request)) {
	o.begun++
	return context.WithValue(ctx, observedKey{}, true), func(r port.Request) { o.seen = append(o.seen, r) }
}

// TestARequestIsFoundByTheCodeThatItsReplyShows: every refusal shows a support code, and each line of the log about the request
// has it, or the request's name beside it. The caller whom the services see has that name, too.
func TestARequestIsFoundByTheCodeThatItsReplyShows(t *testing.T) {
	f, seen := newFake(), &observed{}
	var log bytes.Buffer
	h := api.New(api.Config{
		Front: f, Flows: f, Grants: f, Observer: seen, TrustedProxies: proxies,
		Log: slog.New(slog.NewJSONHandler(&log, nil)), Clock: stillClock{},
	})
	form := regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`)
	codes := map[string]bool{}
	for _, target := range []string{"GET /v1/nothing", "GET /v1//organisation", "GET /v1/sessions/current", "STRANGE /v1/organisation", "POST /v1/flows", "GET /v1/organisation"} {
		log.Reset()
		method, path, _ := strings.Cut(target, " ")
		r := httptest.NewRequest(method, path, nil)
		r.RemoteAddr = "10.0.0.1:4711" // a proxy that does not say for whom it asks: a line of its own
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		var p wire.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		lines := 0
		var last struct{ Support, Request string }
		for line := range strings.Lines(log.String()) {
			lines++
			if err := json.Unmarshal([]byte(line), &last); err != nil || !form.MatchString(last.Request) {
				t.Errorf("%s: a line without the request's name: %s", target, line)
			}
		}
		codes[last.Request] = true
		if w.Code >= 400 && (p.Support != last.Support || p.Support != last.Request) || lines == 0 {
			t.Errorf("%s: shows %q, and the log has %+v in %d lines", target, p.Support, last, lines)
		}
	}
	if len(codes) != 6 || seen.begun != 6 || len(seen.seen) != 6 {
		t.Errorf("%d names, %d begun, %d seen, want 6 of each", len(codes), seen.begun, len(seen.seen))
	}
	if odd := seen.seen[3]; odd.Method != "other" || odd.Route != "" {
		t.Errorf("a method that nobody knows was told on: %+v", odd)
	}
	if callers := f.callers; len(callers) != 1 || !codes[callers[0].Request] {
		t.Errorf("the services saw %+v", callers)
	}
}
