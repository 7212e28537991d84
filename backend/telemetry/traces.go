package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	resources "go.opentelemetry.io/proto/otlp/resource/v1"
	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Traces says where spans go.
type Traces struct {
	Endpoint string // of a collector that speaks OTLP over HTTP: "http://127.0.0.1:4318"
	Percent  int    // of requests that are traced
	Version  string // of the program
	Log      *slog.Logger
}

// NewProvider makes a provider that sends spans to a collector, some at once. Where that is down, spans are lost and nothing
// else. Whether a request is traced is decided here alone: strangers have no say in it.
func NewProvider(c Traces) *sdk.TracerProvider {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { c.Log.Warn("traces could not be sent", "error", err) }))
	return sdk.NewTracerProvider(
		sdk.WithBatcher(&exporter{to: strings.TrimRight(c.Endpoint, "/") + "/v1/traces", client: &http.Client{Timeout: exportTime}}),
		sdk.WithSampler(sdk.TraceIDRatioBased(float64(c.Percent)/100)),
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "sparekey"), attribute.String("service.version", c.Version),
		)),
	)
}

const exportTime = 5 * time.Second

// exporter sends spans as the OTLP specification says (version 1.11, "OTLP/HTTP", binary Protobuf).
type exporter struct {
	to     string
	client *http.Client
}

// ExportSpans implements sdk.SpanExporter.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	if len(spans) == 0 {
		return nil
	}
	body, err := proto.Marshal(encode(spans))
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.to, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	reply, err := e.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = reply.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(reply.Body, 64<<10)) // so that the connection serves again
	if reply.StatusCode/100 != 2 {
		return fmt.Errorf("telemetry: the collector answers %s", reply.Status)
	}
	return nil
}

// Shutdown implements sdk.SpanExporter.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// encode translates spans of one resource and one scope, which ours are.
func encode(spans []sdk.ReadOnlySpan) *wire.TracesData {
	scope := &wire.ScopeSpans{Scope: &common.InstrumentationScope{Name: "sparekey"}}
	for _, s := range spans {
		trace, id, parent := s.SpanContext().TraceID(), s.SpanContext().SpanID(), s.Parent().SpanID()
		span := &wire.Span{
			TraceId: trace[:], SpanId: id[:], Name: s.Name(), Kind: wire.Span_SpanKind(s.SpanKind()),
			StartTimeUnixNano: uint64(s.StartTime().UnixNano()), EndTimeUnixNano: uint64(s.EndTime().UnixNano()),
			Attributes: attributes(s.Attributes()),
		}
		if s.Parent().HasSpanID() {
			span.ParentSpanId = parent[:]
		}
		if s.Status().Code == codes.Error {
			span.Status = &wire.Status{Code: wire.Status_STATUS_CODE_ERROR, Message: s.Status().Description}
		}
		scope.Spans = append(scope.Spans, span)
	}
	return &wire.TracesData{ResourceSpans: []*wire.ResourceSpans{{
		Resource:   &resources.Resource{Attributes: attributes(spans[0].Resource().Attributes())},
		ScopeSpans: []*wire.ScopeSpans{scope},
	}}}
}

// attributes are texts and whole numbers: nothing else is ever set.
func attributes(given []attribute.KeyValue) []*common.KeyValue {
	made := make([]*common.KeyValue, len(given))
	for i, kv := range given {
		value := &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: kv.Value.String()}}
		if kv.Value.Type() == attribute.INT64 {
			value.Value = &common.AnyValue_IntValue{IntValue: kv.Value.AsInt64()}
		}
		made[i] = &common.KeyValue{Key: string(kv.Key), Value: value}
	}
	return made
}
