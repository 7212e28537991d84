// Package client gives the window, and the commands of administrators, the services of package app over HTTP: the
// organisation's server over TLS, or the backend in this very process through [InProcess].
//
// Every request passes one choke point (call.go), which turns transport trouble into codes. Where the trouble is the
// connection's the code is [app.CodeOffline], Params["server"] names the server, and Params["reason"] says which trouble:
//
//	address              no https address
//	resolve              the name leads nowhere, as far as the network knows
//	no_network           there is no way to the server
//	refused              nobody listens there
//	timeout              no answer in time
//	unreachable          the connection broke, for another reason
//	proxy_unreachable    the proxy (Params["proxy"]) can't be reached
//	proxy_password       the proxy asks for a password
//	proxy_refused        the proxy doesn't lead there; Params["status"] is its answer
//	handshake            both sides know no common way to encrypt
//	certificate_unknown  a certificate of nobody who is trusted
//	certificate_expired  it ran out on Params["date"]; Params["today"] is this computer's
//	certificate_early    it is good from Params["date"] on
//	certificate_name     it is for another name, such as Params["name"]
//	certificate_pin      it is good, and its key is none that the organisation pinned
//	certificate          it is bad in another way
//	answer, redirect     something answers that is no Sparekey server
//	cancelled            the caller went away
package client

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
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
	// Transport carries the requests; nil is the one of Trust.
	Transport http.RoundTripper
	// Trust is whom to believe on the way to the server, where there is no Transport.
	Trust Trust
	// Keep keeps the session beyond this run; without it a session is ephemeral.
	Keep Keeper
	// Station is the workstation's name, sent with every request.
	Station string
	// Key signs every request as the enrolled station that this computer is; nil: it is none.
	Key *signed.Key
	// Token is one for scripts: the services of administrators are asked with it, in place of a session, over TLS or in process
	// alone. Nothing else is.
	Token app.Secret
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
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/organisation", into: &w})
	switch {
	case errors.Is(err, errNoProblem) && refuses(app.CodeOf(err)):
		return app.Organisation{}, c.notAReply() // anybody may ask this: who refuses it is another service
	case err != nil:
		return app.Organisation{}, err
	case w.Name == "":
		return app.Organisation{}, c.notAReply()
	}
	return w.Domain(), nil
}

// refuses reports whether a code is neither for a moment only nor a fault of the server's.
func refuses(code app.Code) bool {
	return code != app.CodeUnavailable && code != app.CodeThrottled && code != app.CodeInternal
}

func (c *Client) now() time.Time {
	if c.Clock == nil {
		return time.Now()
	}
	return c.Clock.Now()
}
