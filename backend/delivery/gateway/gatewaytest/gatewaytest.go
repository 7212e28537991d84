// Package gatewaytest plays providers of texts that are reached by HTTP: what their documentation says that they answer, and faults.
package gatewaytest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/certtest"
)

// Provider is a server that does what a test says.
type Provider struct {
	URL   string // "https://localhost:PORT"
	Roots *x509.CertPool
	PEM   []byte // the same

	mu     sync.Mutex
	answer http.HandlerFunc
	asked  []Request
	more   chan struct{} // closed and replaced with each
	conns  map[net.Conn]bool
	opened int
}

// Request is one that arrived.
type Request struct {
	Method string
	Path   string // with its query
	Header http.Header
	Body   string
}

// Form reads the body as a form.
func (r Request) Form() url.Values {
	form, _ := url.ParseQuery(r.Body)
	return form
}

// New starts a provider that takes everything, as kind does.
func New(t testing.TB, kind string) *Provider {
	t.Helper()
	p := &Provider{conns: map[net.Conn]bool{}, more: make(chan struct{})}
	certificate := certtest.New(t, "localhost")
	p.Roots, p.PEM = certificate.Roots, certificate.PEM
	p.Answers(Documented(kind)["taken"])
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	p.URL = "https://localhost:" + port
	server := &http.Server{
		Handler: http.HandlerFunc(p.serve), ErrorLog: log.New(io.Discard, "", 0), ConnState: p.watch, ReadHeaderTimeout: time.Minute,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate.Pair}, MinVersion: tls.VersionTLS12},
	}
	go func() { _ = server.ServeTLS(l, "", "") }()
	t.Cleanup(func() { _ = server.Close() })
	return p
}

func (p *Provider) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	p.mu.Lock()
	p.asked = append(p.asked, Request{r.Method, r.RequestURI, r.Header.Clone(), string(body)})
	close(p.more)
	p.more = make(chan struct{})
	answer := p.answer
	p.mu.Unlock()
	answer(w, r)
}

func (p *Provider) watch(c net.Conn, state http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew:
		p.opened++
		p.conns[c] = true
	case http.StateClosed, http.StateHijacked:
		delete(p.conns, c)
	}
}

// Asked are the requests that arrived.
func (p *Provider) Asked() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Request(nil), p.asked...)
}

// Wait waits until so many requests have arrived.
func (p *Provider) Wait(t testing.TB, n int) []Request {
	t.Helper()
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		more, all := p.more, append([]Request(nil), p.asked...)
		p.mu.Unlock()
		if len(all) >= n {
			return all
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("%d requests arrived, not %d", len(all), n)
		}
	}
}

// patience bounds how long a test waits for what has to come.
const patience = 20 * time.Second

// Opened is how many connections there were.
func (p *Provider) Opened() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened
}

// Does has the provider answer like this.
func (p *Provider) Does(answer http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

// Answers has the provider give an answer.
func (p *Provider) Answers(a Answer) { p.Does(a.write) }

// Answer is what a provider answers.
type Answer struct {
	Status int
	Body   string
	Header map[string]string
}

func (a Answer) write(w http.ResponseWriter, _ *http.Request) {
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(a.Status)
	_, _ = io.WriteString(w, a.Body)
}

// Silent says nothing until the client goes.
func Silent(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// Cut ends the connection in place of an answer.
func Cut(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// Within gives a good status, and ends the connection within the body.
func Within(w http.ResponseWriter, _ *http.Request) {
	if conn, out, err := w.(http.Hijacker).Hijack(); err == nil {
		_, _ = out.WriteString("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"sid\":\"SM")
		_ = out.Flush()
		_ = conn.Close()
	}
}
