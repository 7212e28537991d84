package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// InProcess carries requests to a handler in this process: no port is opened, so nobody else can use it. The handler
// sees the remote address "local". A reply is passed on when it is complete.
func InProcess(handler http.Handler) http.RoundTripper { return &inProcess{handler} }

type inProcess struct{ handler http.Handler }

// RoundTrip calls the handler in a goroutine of its own, so that a context that ends is answered at once.
func (t *inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		_ = r.Body.Close() // a reader in memory
		if err != nil {
			return nil, fmt.Errorf("read the request: %w", err)
		}
	}
	done := make(chan result, 1)
	go func() { done <- t.serve(r.Context(), r, body) }()
	select {
	case got := <-done:
		return got.response, got.err
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

type result struct {
	response *http.Response
	err      error
}

func (t *inProcess) serve(ctx context.Context, r *http.Request, body []byte) (got result) {
	defer func() {
		if p := recover(); p != nil {
			got = result{err: &trouble{"answer", nil, errors.New("the handler panicked")}}
		}
	}()
	in := r.Clone(ctx)
	in.RemoteAddr = "local"
	in.RequestURI = r.URL.RequestURI()
	in.Body = io.NopCloser(bytes.NewReader(body))
	in.ContentLength = int64(len(body))
	w := &recorder{header: http.Header{}}
	t.handler.ServeHTTP(w, in)
	w.WriteHeader(http.StatusOK)
	return result{response: &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}}
}

// recorder keeps a reply in memory.
type recorder struct {
	header http.Header
	sent   http.Header // as it stood when the status was written
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}
