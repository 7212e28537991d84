// Package telemetry measures and traces what the server does: figures for Prometheus, spans for OpenTelemetry. It looks on from
// outside, at requests as the API tells of them and at calls of the ports, and never sees an input, an account or a name: what
// it labels a figure or a span with is a constant of the program, a route, a status or a code.
package telemetry

import (
	"context"
	"errors"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/sparekey/sparekey/backend/port"
)

// Telemetry is the port.Observer, and makes the ports that are looked at. Make it with New.
type Telemetry struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	lengths  *prometheus.HistogramVec
	calls    *prometheus.HistogramVec
	tracer   trace.Tracer
	clock    port.Clock
}

var _ port.Observer = (*Telemetry)(nil)

// New makes one. Without a provider nothing is traced.
func New(version string, clock port.Clock, provider trace.TracerProvider) *Telemetry {
	if provider == nil {
		provider = noop.NewTracerProvider()
	}
	t := &Telemetry{
		registry: prometheus.NewRegistry(), tracer: provider.Tracer("sparekey"), clock: clock,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sparekey_requests_total", Help: "Requests that were answered.",
		}, []string{"method", "route", "status", "code"}),
		lengths: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sparekey_request_seconds", Help: "How long requests took.", Buckets: buckets,
		}, []string{"route"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "sparekey_call_seconds", Help: "How long calls of store, directory and delivery took.", Buckets: buckets,
		}, []string{"part", "call", "outcome"}),
	}
	t.registry.MustRegister(t.requests, t.lengths, t.calls,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	built := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "sparekey_build_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version},
	})
	built.Set(1)
	t.registry.MustRegister(built)
	return t
}

// buckets reach from a commit to what a person takes for a fault, in seconds.
var buckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// Gauge adds a figure that is asked for when somebody looks.
func (t *Telemetry) Gauge(name, help string, ask func() float64) {
	t.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, ask))
}

// Counter is Gauge for a figure that only grows.
func (t *Telemetry) Counter(name, help string, ask func() float64) {
	t.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, ask))
}

// Handler serves the figures in Prometheus' text format.
func (t *Telemetry) Handler() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{DisableCompression: true, MaxRequestsInFlight: 2})
}

// Begin implements port.Observer.
func (t *Telemetry) Begin(ctx context.Context) (context.Context, func(port.Request)) {
	ctx, span := t.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	return ctx, func(r port.Request) {
		route := r.Route
		if route == "" {
			route = "none"
		}
		t.requests.WithLabelValues(r.Method, route, statusText(r.Status), r.Code).Inc()
		t.lengths.WithLabelValues(route).Observe(r.Duration.Seconds())
		span.SetName(route)
		span.SetAttributes(
			attribute.String("http.request.method", r.Method), attribute.String("http.route", r.Route),
			attribute.Int("http.response.status_code", r.Status), attribute.String("sparekey.code", r.Code),
		)
		if r.Status >= http.StatusInternalServerError {
			span.SetStatus(codes.Error, r.Code)
		}
		span.End()
	}
}

func statusText(status int) string {
	const digits = "0123456789"
	if status < 100 || status > 999 {
		return "none"
	}
	return string([]byte{digits[status/100], digits[status/10%10], digits[status%10]})
}

// call begins a call of a part; done ends it.
func (t *Telemetry) call(ctx context.Context, part, name string) (inner context.Context, done func(error) error) {
	began := t.clock.Now()
	ctx, span := t.tracer.Start(ctx, part+"."+name, trace.WithSpanKind(trace.SpanKindClient))
	return ctx, func(err error) error {
		outcome := outcomeOf(err)
		t.calls.WithLabelValues(part, name, outcome).Observe(max(0, t.clock.Now().Sub(began)).Seconds())
		if outcome == failed {
			span.SetStatus(codes.Error, "") // the error's text may quote what was asked
		}
		span.End()
		return err
	}
}

// What came of a call.
const (
	succeeded = "succeeded"
	refused   = "refused" // it was done, and the answer was no
	failed    = "failed"
)

func outcomeOf(err error) string {
	var refusal *port.Refusal
	if err == nil {
		return succeeded
	}
	for _, no := range []error{
		port.ErrNotFound, port.ErrPassword, port.ErrLocked, port.ErrDisabled, port.ErrNoPassword, port.ErrAccountExpired, port.ErrMustChange,
		port.ErrUnsupported, port.ErrUndeliverable,
	} {
		if errors.Is(err, no) {
			return refused
		}
	}
	if errors.As(err, &refusal) {
		return refused
	}
	return failed
}
