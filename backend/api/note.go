package api

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/client/wire"
)

// note is what the log line will say of a request.
type note struct {
	id      string // of the request; every line about it has it
	network string // where it came from, once somebody asked
	route   string
	code    string
	support string // of the conversation
	cause   error
}

type noteKey struct{}

func newNote() *note { return &note{id: newRequestID()} }

// newRequestID draws a name like "H7K2-9QWD": 40 bits, which find lines of a log and give no right. It can be read out, and no
// character of it looks like another.
func newRequestID() string {
	drawn := make([]byte, 8)
	_, _ = rand.Read(drawn) // never fails
	for i, b := range drawn {
		drawn[i] = app.PassAlphabet[int(b)%len(app.PassAlphabet)]
	}
	return string(drawn[:4]) + "-" + string(drawn[4:])
}

func noteOf(ctx context.Context) *note {
	if n, ok := ctx.Value(noteKey{}).(*note); ok {
		return n
	}
	return &note{}
}

func noteRoute(ctx context.Context, route string)     { noteOf(ctx).route = route }
func noteSupport(ctx context.Context, support string) { noteOf(ctx).support = support }

func noteProblem(ctx context.Context, p wire.Problem, err error) {
	n := noteOf(ctx)
	n.code, n.cause = p.Code, err
	if p.Support != "" {
		n.support = p.Support
	}
}

// request is what there is to tell of it once it is answered.
func (n *note) request(r *http.Request, status int, took time.Duration) port.Request {
	done := port.Request{Method: r.Method, Route: n.route, Status: status, Code: n.code, Support: n.support, Duration: took}
	if done.Support == "" {
		done.Support = n.id
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		done.Method = "other" // a stranger's words
	}
	return done
}

// observe tells the observer, if there is one, that a request has come.
func (s *server) observe(ctx context.Context) (context.Context, func(port.Request)) {
	if s.Observer == nil {
		return ctx, func(port.Request) {}
	}
	return s.Observer.Begin(ctx)
}

func (s *server) log(ctx context.Context, n *note, done port.Request) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("method", done.Method), slog.String("route", done.Route), slog.Int("status", done.Status),
		slog.String("code", done.Code), slog.Duration("duration", done.Duration), slog.String("support", done.Support),
		slog.String("request", n.id),
	}
	if done.Status >= http.StatusInternalServerError {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("cause", n.cause))
	}
	s.Log.LogAttrs(ctx, level, "request", attrs...)
}
