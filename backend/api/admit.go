package api

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
	"github.com/sparekey/sparekey/client/wire"
)

// admit is the outermost handler: one log line for every request, a problem instead of a panic, and nothing that two readers
// could take in two ways. What the log gets are the route's pattern, the code and the support code, never a path, a header or a body.
func (s *server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.Clock.Now()
		n := newNote()
		ctx, end := s.observe(context.WithValue(r.Context(), noteKey{}, n))
		r = r.WithContext(ctx)
		out := &statusWriter{ResponseWriter: w}
		out.Header().Set("Cache-Control", "no-store")
		out.Header().Set("X-Content-Type-Options", "nosniff")
		out.Header().Set(wire.VersionHeader, wire.Spoken.String())
		defer func() {
			if p := recover(); p != nil {
				s.replyToPanic(out, r, p)
			}
			done := n.request(r, out.status, s.Clock.Now().Sub(began))
			end(done)
			s.log(r.Context(), n, done)
		}()
		if odd := s.oddness(r); odd != "" {
			out.Header().Set("Connection", "close") // where its body ends is not sure, nor what stands behind it
			s.refuse(out, r, app.Errorf(app.CodeBadRequest, "%s", odd))
			return
		}
		if err := checkVersion(r); err != nil {
			s.refuse(out, r, err)
			return
		}
		if err := s.tooMany(r); err != nil {
			s.refuse(out, r, err)
			return
		}
		next.ServeHTTP(out, r)
	})
}

// checkVersion refuses a client that speaks no version of the API that this server does. One that doesn't say, such as a
// script, speaks the newest.
func checkVersion(r *http.Request) error {
	said := r.Header.Get(wire.VersionHeader)
	if said == "" {
		return nil
	}
	client, err := wire.ReadVersions(said)
	if err != nil {
		return app.Errorf(app.CodeBadRequest, "%w", err)
	}
	if old := wire.Agree(client, wire.Spoken); old != nil {
		return old
	}
	return nil
}

// tooMany refuses a client that makes too many requests, before anything is done for it.
func (s *server) tooMany(r *http.Request) error {
	take := s.requestsOf(r)
	if take == nil {
		return nil
	}
	if retry := take(s.networkOf(r)); !retry.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
	}
	return nil
}

// single are the headers that an operation reads: each has one value.
var single = append([]string{"Content-Type", "Idempotency-Key", stationHeader, wire.VersionHeader}, signed.Headers()...)

// oddness says what a proxy, or another server, might read otherwise than this one; empty for nothing. A body says its length:
// no client of ours sends chunks, and none encodes what it sends. Providers that send receipts may do the first.
func (s *server) oddness(r *http.Request) string {
	if !plainPath(r) {
		return "odd path"
	}
	if s.Host != "" && !strings.EqualFold(strings.TrimSuffix(r.Host, ":443"), s.Host) {
		return "another host"
	}
	if r.ContentLength < 0 && !s.isReceipt(r) {
		return "a body without its length"
	}
	if _, coded := r.Header["Content-Encoding"]; coded {
		return "an encoded body"
	}
	for _, name := range single {
		if len(r.Header.Values(name)) > 1 {
			return "a header twice"
		}
	}
	return ""
}

// plainPath reports whether the request's target is a path in its one normal form: no address before it, nothing to clean,
// nothing escaped, no query. Every operation has such a path, so what two parsers could read in two ways is never looked at.
func plainPath(r *http.Request) bool {
	u := r.URL
	return r.RequestURI == u.Path && u.Path == path.Clean(u.Path) && path.IsAbs(u.Path) && u.EscapedPath() == u.Path &&
		u.RawQuery == "" && !u.ForceQuery && u.User == nil && u.Fragment == ""
}

// replyToPanic replies to a panic. http.ErrAbortHandler goes on its way: the handler wants the connection cut.
func (s *server) replyToPanic(w *statusWriter, r *http.Request, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	what := fmt.Sprintf("%T", p) // its text might quote what the person typed
	if e, ok := p.(runtime.Error); ok {
		what = e.Error()
	}
	s.Log.ErrorContext(r.Context(), "panic", "request", noteOf(r.Context()).id, "what", what, "stack", string(debug.Stack()))
	if w.status == 0 {
		s.refuse(w, r, app.Errorf(app.CodeInternal, "panic"))
	}
}

// statusWriter notes the status as it leaves.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer") // RFC 9110, section 11.6.1
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}
