// Package client gives the window, and the commands of administrators, the services of package app over HTTP: the
// organisation's server over TLS, or the backend in this very process through [InProcess].
//
// Every request passes one choke point (call.go), which turns transport trouble into codes. Where the trouble is the
// connection's the code is [app.CodeOffline], and Params["reason"] says which: "address", "certificate", "redirect",
// "timeout", "cancelled", "unreachable" or "answer" (something answered that is no Sparekey server).
package client

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// Keeper keeps one short token beyond this run. Losing it is routine: the client then goes on without.
type Keeper interface {
	// Save keeps the token in place of the one before.
	Save(ctx context.Context, token app.Secret) error
	// Load gives the token, an empty one when there is none.
	Load(ctx context.Context) (app.Secret, error)
	// Forget removes the token; it is no error when there is none.
	Forget(ctx context.Context) error
}

// Clock tells the time.
type Clock interface{ Now() time.Time }

// Client is app's services at the other end of a wire. The zero value may be used: it answers CodeOffline until it has
// a Base or a Transport. Set the fields before the first call; after that it may be used by many goroutines at once.
type Client struct {
	// Base is the server, "https://sparekey.example". Plain http is refused except for a loopback address. With a
	// Transport of InProcess it may be empty.
	Base string
	// Transport carries the requests; nil is TLS 1.2 or better, checked against the system's roots.
	Transport http.RoundTripper
	// Keep keeps the session beyond this run; without it a session is ephemeral.
	Keep Keeper
	// Station is the workstation's name, sent with every request.
	Station string
	// Clock is the system's when nil.
	Clock Clock

	tls     sync.Once
	secure  http.RoundTripper
	tokens  flowTokens
	session holder
}

var (
	_ app.Front    = (*Client)(nil)
	_ app.Flows    = (*Client)(nil)
	_ app.Sessions = (*Client)(nil)
)

// Services gives the client as what the window needs of the world.
func (c *Client) Services() app.Services { return app.Services{Front: c, Flows: c, Sessions: c} }

// Organisation implements app.Front.
func (c *Client) Organisation(ctx context.Context) (app.Organisation, error) {
	var w wire.Organisation
	if _, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/organisation", into: &w}); err != nil {
		return app.Organisation{}, err
	}
	return w.Domain(), nil
}

func (c *Client) now() time.Time {
	if c.Clock == nil {
		return time.Now()
	}
	return c.Clock.Now()
}
