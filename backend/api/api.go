// Package api serves the services of package app over HTTP: JSON under /v1, its description (OpenAPI 3.1) at
// /openapi.json, refusals as RFC 9457 problems with stable codes.
//
//	request → admit (path, panic, log) → mux → guard (role, scope, body, signature) → operation → one of Config's services
//
// Who may call an operation stands in one table, which the guard enforces and the description serves; an operation
// without roles can't be registered. A bearer token travels in the header Authorization and nowhere else.
package api

import (
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Config is what the API serves.
type Config struct {
	Front  app.Front
	Flows  app.Flows
	Grants app.Grants
	Admin  app.Administration // where a service is missing, every operation of administrators answers CodeNotEnabled
	// Stations is the door of stations; nil: none can enrol, and what one signs is refused.
	Stations app.StationDoor

	Pages Pages // for browsers, which their refusals are pages for, too; nil: none

	Version string     // of the program, for the description
	Clock   port.Clock // for the time of replies and the duration of requests; nil is the system's
	Log     *slog.Logger
	// TrustedProxies may say in X-Forwarded-For where a request came from; anyone else's header is ignored. Where they don't say
	// it, the request comes from nowhere that is known; the header Forwarded is not read.
	TrustedProxies []netip.Prefix
	// Host is the server's name, with its port where that is not 443; a request for another one is refused. Empty: any.
	Host string
	// Requests says whether a client makes too many: zero, or when it may go on. nil: nobody does.
	Requests func(network string) (retry time.Time)
	Observer port.Observer // or nil

	Receipts ReceiptDoor // nil: none are taken in
	// ReceiptRequests counts requests with receipts in place of Requests; nil: Requests does.
	ReceiptRequests func(network string) (retry time.Time)
}

// New gives the handler. It keeps nothing between requests but which signatures it has seen.
func New(c Config) http.Handler {
	tameHuma.Do(setHumaGlobals)
	if c.Clock == nil {
		c.Clock = systemClock{}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	s := &server{Config: c, huma: humago.New(mux, describe(c.Version))}
	s.huma.UseMiddleware(s.guard)
	s.registerFront()
	s.registerFlows()
	s.registerSessions()
	s.registerStations()
	s.registerAdministration()
	s.registerTokens()
	s.serveDescription(mux)
	s.servePages(mux)
	s.serveReceipts(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, app.Errorf(app.CodeBadRequest, "no such operation"))
	})
	return s.admit(mux)
}

// server is the API at work.
type server struct {
	Config
	huma   huma.API
	nonces nonces
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// huma keeps these in package variables. They are set once, before the first operation is registered.
var tameHuma sync.Once

func setHumaGlobals() {
	huma.NewError = humaError              // its own refusals are our problems …
	huma.NewErrorWithContext = humaErrorIn // … and go to the log
}
