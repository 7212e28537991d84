package telemetry_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/telemetry"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time {
	c.now = c.now.Add(40 * time.Millisecond) // each look takes so long
	return c.now
}

func figures(t *testing.T, h http.Handler) string {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	return w.Body.String()
}

func TestRequestsAreCountedByWhatTheProgramCallsThem(t *testing.T) {
	m := telemetry.New("v1.2.3", &clock{}, nil)
	for _, r := range []port.Request{
		{Method: "POST", Route: "POST /v1/flows", Status: 201, Duration: 20 * time.Millisecond},
		{Method: "POST", Route: "POST /v1/flows", Status: 429, Code: "too_many", Support: "H7K2-9QWD"},
		{Method: "other", Status: 400, Code: "bad_request"},
	} {
		_, end := m.Begin(t.Context())
		end(r)
	}
	m.Gauge("sparekey_test", "A figure.", func() float64 { return 7 })
	all := figures(t, m.Handler())
	for _, line := range []string{
		`sparekey_requests_total{code="",method="POST",route="POST /v1/flows",status="201"} 1`,
		`sparekey_requests_total{code="too_many",method="POST",route="POST /v1/flows",status="429"} 1`,
		`sparekey_requests_total{code="bad_request",method="other",route="none",status="400"} 1`,
		`sparekey_request_seconds_bucket{route="POST /v1/flows",le="0.025"} 2`,
		`sparekey_build_info{version="v1.2.3"} 1`, `sparekey_test 7`, `go_goroutines`, `process_resident_memory_bytes`,
	} {
		if !strings.Contains(all, line) {
			t.Errorf("there is no %s", line)
		}
	}
	if strings.Contains(all, "H7K2") {
		t.Error("a conversation is told of")
	}
}

// directory answers with what a test put in.
type directory struct {
	port.Directory
	err error
}

func (d directory) Find(context.Context, string) (port.DirectoryAccount, error) {
	return port.DirectoryAccount{}, d.err
}

func (d directory) SetPassword(context.Context, app.AccountID, app.Secret) error { return d.err }

type deliverer struct{ err error }

func (d deliverer) Deliver(context.Context, app.Message) error { return d.err }

func TestWhatCameOfACallIsCountedAndTheAnswerStaysAsItIs(t *testing.T) {
	m := telemetry.New("test", &clock{}, nil)
	foreign := errors.New("connection to canary.example reset")
	for _, err := range []error{nil, port.ErrNotFound, fmt.Errorf("no: %w", port.ErrPassword), &port.Refusal{Rule: "length"}, fmt.Errorf("no: %w", port.ErrUnsupported), port.ErrMustChange, port.ErrAccountExpired, foreign} {
		d := m.Directory(directory{err: err})
		if _, got := d.Find(t.Context(), "ana-canary"); !errors.Is(got, err) {
			t.Errorf("find answers %v, want %v", got, err)
		}
		if got := d.SetPassword(t.Context(), "canary", app.NewSecret("canary")); !errors.Is(got, err) {
			t.Errorf("set answers %v, want %v", got, err)
		}
	}
	if err := m.Deliverer(deliverer{port.ErrUndeliverable}).Deliver(t.Context(), app.Message{Channel: app.KindSMS, To: "+canary"}); !errors.Is(err, port.ErrUndeliverable) {
		t.Errorf("deliver answers %v", err)
	}
	all := figures(t, m.Handler())
	for _, line := range []string{
		`sparekey_call_seconds_count{call="find",outcome="succeeded",part="directory"} 1`,
		`sparekey_call_seconds_count{call="find",outcome="refused",part="directory"} 6`,
		`sparekey_call_seconds_count{call="find",outcome="failed",part="directory"} 1`,
		`sparekey_call_seconds_bucket{call="find",outcome="failed",part="directory",le="0.025"} 0`,
		`sparekey_call_seconds_bucket{call="find",outcome="failed",part="directory",le="0.05"} 1`,
		`sparekey_call_seconds_count{call="set_password",outcome="refused",part="directory"} 6`,
		`sparekey_call_seconds_count{call="sms",outcome="refused",part="delivery"} 1`,
	} {
		if !strings.Contains(all, line) {
			t.Errorf("there is no %s", line)
		}
	}
	if strings.Contains(all, "canary") {
		t.Error("a figure names what was asked for")
	}
}

// store answers with what a test put in.
type store struct {
	port.Store
	err error
}

func (s store) View(context.Context, func(port.Tx) error) error   { return s.err }
func (s store) Update(context.Context, func(port.Tx) error) error { return s.err }
func (s store) UpdateAhead(context.Context, func(port.Tx) error) error {
	return s.err
}
func (s store) Join(context.Context, time.Duration, func(port.Tx) error) error {
	return s.err
}

// TestEveryTransactionIsCounted: what f refuses is no failure of the store's.
func TestEveryTransactionIsCounted(t *testing.T) {
	m := telemetry.New("test", &clock{}, nil)
	for _, err := range []error{nil, &app.Error{Code: app.CodeMoved}, &app.Error{Code: app.CodeUnavailable}} {
		s := m.Store(store{err: err})
		for name, got := range map[string]error{
			"view": s.View(t.Context(), nil), "update": s.Update(t.Context(), nil), "join": s.Join(t.Context(), 0, nil),
			"update_ahead": s.UpdateAhead(t.Context(), nil),
		} {
			if !errors.Is(got, err) {
				t.Errorf("%s answers %v, want %v", name, got, err)
			}
		}
	}
	all := figures(t, m.Handler())
	for _, call := range []string{"update", "update_ahead", "join"} {
		for outcome, n := range map[string]int{"succeeded": 2, "failed": 1} {
			if line := fmt.Sprintf(`sparekey_call_seconds_count{call=%q,outcome=%q,part="store"} %d`, call, outcome, n); !strings.Contains(all, line) {
				t.Errorf("there is no %s", line)
			}
		}
	}
}

// collect is a collector of OTLP over HTTP.
type collect struct {
	mu    sync.Mutex
	spans []*collector.Span
	raw   string
	paths []string
}

func (c *collect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var data collector.TracesData
	if err := proto.Unmarshal(body, &data); err != nil || r.Header.Get("Content-Type") != "application/x-protobuf" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paths = append(c.paths, r.Method+" "+r.URL.Path)
	c.raw += string(body)
	for _, rs := range data.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			c.spans = append(c.spans, ss.Spans...)
		}
	}
}

// TestSpansReachACollector: a request with the calls that it makes is one trace, and holds nothing that somebody has sent.
func TestSpansReachACollector(t *testing.T) {
	c := &collect{}
	server := httptest.NewServer(c)
	defer server.Close()
	provider := telemetry.NewProvider(telemetry.Traces{Endpoint: server.URL + "/", Percent: 100, Version: "v1", Log: slog.New(slog.DiscardHandler)})
	m := telemetry.New("v1", &clock{}, provider)
	ctx, end := m.Begin(t.Context())
	_, _ = m.Directory(directory{err: errors.New("canary")}).Find(ctx, "canary")
	end(port.Request{Method: "POST", Route: "POST /v1/flows", Status: 503, Code: "dependency_down", Support: "CANA-RY00"})
	if err := provider.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.spans) != 2 || c.paths[0] != "POST /v1/traces" {
		t.Fatalf("got %d spans by %v", len(c.spans), c.paths)
	}
	call, request := c.spans[0], c.spans[1]
	if call.Name != "directory.find" || request.Name != "POST /v1/flows" || request.Kind != collector.Span_SPAN_KIND_SERVER ||
		string(call.TraceId) != string(request.TraceId) || string(call.ParentSpanId) != string(request.SpanId) || len(request.ParentSpanId) != 0 ||
		request.Status.GetCode() != collector.Status_STATUS_CODE_ERROR || request.EndTimeUnixNano < request.StartTimeUnixNano {
		t.Errorf("got %v in %v", call, request)
	}
	told := map[string]string{}
	for _, kv := range request.Attributes {
		told[kv.Key] = fmt.Sprint(kv.Value.GetIntValue(), kv.Value.GetStringValue())
	}
	if told["http.response.status_code"] != "503" || told["http.route"] != "0POST /v1/flows" || len(told) != 4 {
		t.Errorf("the request has %v", told)
	}
	if strings.Contains(strings.ToLower(c.raw), "cana") {
		t.Error("a span names what was asked for, or a conversation")
	}
}

// TestACollectorThatIsDownStopsNothing, and the log says so.
func TestACollectorThatIsDownStopsNothing(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }))
	defer server.Close()
	var log strings.Builder
	provider := telemetry.NewProvider(telemetry.Traces{Endpoint: server.URL, Percent: 100, Log: slog.New(slog.NewTextHandler(&log, nil))})
	m := telemetry.New("v1", &clock{}, provider)
	_, end := m.Begin(t.Context())
	end(port.Request{Status: 200})
	_ = provider.Shutdown(t.Context())
	if !strings.Contains(log.String(), "502 Bad Gateway") {
		t.Errorf("the log says %q", log.String())
	}
}
