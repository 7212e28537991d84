// Package listen is the server's door to the network: sockets, TLS with certificates that are renewed in place, limits on
// connections, times and sizes, the headers of a browser's caution, health, and a stop that lets finish what has begun. It
// serves a handler, and knows nothing of what that does.
//
//	socket → connections (how many, from whom) → TLS → HTTP → headers, health → handler
package listen

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"
)

// Limits bound what clients may take. Zero values bound nothing but what says otherwise.
type Limits struct {
	Connections          int           // open at once
	ConnectionsPerClient int           // from one network; proxies and Shared have no such limit
	HeaderTime           time.Duration // from the first byte of a request to the end of its headers, and for the TLS handshake
	BodyTime             time.Duration // for headers and body together
	ReplyTime            time.Duration // from the end of the headers to the end of the reply
	IdleTime             time.Duration // between two requests of a connection
}

// maxHeader is the largest header of a request that is read, in bytes; ours have some hundred. net/http reads 4 KiB more.
const maxHeader = 16 << 10

// maxStreams is how many requests one connection may have open at once (RFC 9113, section 5.1.2).
const maxStreams = 32

// Config is what is served, and to whom.
type Config struct {
	Handler     http.Handler
	Certificate Certificate    // nil: HTTP in clear, to Proxies alone
	Proxies     []netip.Prefix // who may connect in clear, and counts as no client
	Shared      []netip.Prefix // networks in which many people share an address, and count as no client
	Limits      Limits
	Health      *Health
	Log         *slog.Logger
}

// Server serves one listener. Make it with New.
type Server struct {
	config  Config
	http    *http.Server
	door    *door
	running atomic.Int64 // requests
}

// New makes a server of a listener, which is closed when it stops.
func New(l net.Listener, c Config) *Server {
	s := &Server{config: c, door: newDoor(l, c)}
	s.http = &http.Server{
		Handler:           s.count(harden(c.Health.answer(c.Handler), true)),
		ReadHeaderTimeout: c.Limits.HeaderTime,
		ReadTimeout:       c.Limits.BodyTime,
		WriteTimeout:      c.Limits.ReplyTime,
		IdleTimeout:       c.Limits.IdleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelDebug), // what strangers do wrong at the door
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: maxStreams},
		Protocols:         new(http.Protocols),
	}
	s.http.Protocols.SetHTTP1(true)
	if c.Certificate != nil {
		s.http.TLSConfig = tlsConfig(c.Certificate)
		s.http.Protocols.SetHTTP2(true)
	}
	return s
}

// Serve serves until Stop. It may be called once.
func (s *Server) Serve() (err error) {
	if s.config.Certificate != nil {
		err = s.http.ServeTLS(s.door, "", "")
	} else {
		err = s.http.Serve(s.door)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// tellAgain is how often connections are told of a stop. net/http tells those of HTTP/2 that it knows when the stop begins: one
// whose handshake ends just then would stay open until it is idle for too long.
const tellAgain = time.Second / 2

// Stop takes no more connections, and waits until what has begun is answered. Where ctx ends before, connections are cut, and
// the error is that of ctx.
func (s *Server) Stop(ctx context.Context) error {
	for {
		round, cancel := context.WithTimeout(ctx, tellAgain)
		err := s.http.Shutdown(round)
		cancel()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return errors.Join(err, s.http.Close())
		}
	}
}

// Running is how many requests are being answered.
func (s *Server) Running() int { return int(s.running.Load()) }

// Connections is how many are open.
func (s *Server) Connections() int { return s.door.open() }

// TurnedAway is how many connections were closed unheard since the start.
func (s *Server) TurnedAway() int { return int(s.door.turnedAway.Load()) }

func (s *Server) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.running.Add(1)
		makeRoom(0)
		defer s.running.Add(-1)
		next.ServeHTTP(w, r)
	})
}

// makeRoom has the goroutine's stack grow at once to what a request takes. Each has a goroutine of its own in HTTP/2; growing step by
// step copies the stack again the deeper it is, which was a twentieth of a reset's processor time.
//
//go:noinline
func makeRoom(at int) byte {
	var room [16 << 10]byte
	return room[at]
}

// tlsConfig takes TLS 1.3 and, with suites that are forward secret and authenticated, 1.2 (RFC 9325, section 4.2).
func tlsConfig(c Certificate) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: c.get,
		NextProtos:     c.protocols(),
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}
}
