package client

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// renewAhead is how long before its end an access token is renewed, so that none runs out on its way.
const renewAhead = 30 * time.Second

// holder holds the session's tokens. The zero value has not looked yet whether the Keeper has one.
type holder struct {
	mu        sync.Mutex
	looked    bool
	access    app.Secret
	until     time.Time // by this side's clock
	refresh   app.Secret
	ephemeral bool
	turns     int // counts sessions: what belongs to an earlier one comes too late
	renewal   *renewal

	keeping sync.Mutex // one at a time at the Keeper
}

// turn begins another session, or none.
func (h *holder) turn() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turns++
	return h.turns
}

// renewal is a renewal under way; whoever needs a token meanwhile waits for the same one.
type renewal struct {
	done chan struct{}
	err  error
}

// access gives an access token that is neither about to expire nor the stale one, which the server refused.
func (c *Client) access(ctx context.Context, stale app.Secret) (app.Secret, error) {
	h := &c.session
	h.mu.Lock()
	if !h.access.Empty() && h.access.Reveal() != stale.Reveal() && c.now().Before(h.until.Add(-renewAhead)) {
		defer h.mu.Unlock()
		return h.access, nil
	}
	r := h.renewal
	if r == nil {
		r = &renewal{done: make(chan struct{})}
		h.renewal = r
		// The renewal outlives a caller who goes away: a rotated token must not get lost.
		go c.renew(context.WithoutCancel(ctx), r)
	}
	h.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		return app.Secret{}, offline(ctx, ctx.Err())
	}
	if r.err != nil {
		return app.Secret{}, r.err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.access.Empty() {
		return app.Secret{}, &app.Error{Code: app.CodeSignedOut} // closed meanwhile
	}
	return h.access, nil
}

// renew trades the refresh token for new tokens.
func (c *Client) renew(ctx context.Context, r *renewal) {
	defer close(r.done)
	r.err = c.trade(ctx)
	if app.CodeOf(r.err) == app.CodeSignedOut {
		c.forget(ctx)
	}
	c.session.mu.Lock()
	c.session.renewal = nil
	c.session.mu.Unlock()
}

func (c *Client) trade(ctx context.Context) error {
	refresh, turn := c.refresh(ctx)
	if refresh.Empty() {
		return &app.Error{Code: app.CodeSignedOut}
	}
	var w wire.Grant
	if _, err := c.do(ctx, call{
		method: http.MethodPost, path: "/v1/sessions/renew", body: wire.Renewal{Refresh: refresh.Reveal()}, into: &w,
	}); err != nil {
		return err
	}
	return c.hold(ctx, w, turn)
}

// refresh gives the refresh token and the turn that it belongs to: this run's, or the one that the Keeper has from an
// earlier run.
func (c *Client) refresh(ctx context.Context) (app.Secret, int) {
	h := &c.session
	h.mu.Lock()
	looked, token, turn := h.looked, h.refresh, h.turns
	h.mu.Unlock()
	if looked || c.Keep == nil {
		return token, turn
	}
	h.keeping.Lock()
	kept, err := c.Keep.Load(ctx)
	h.keeping.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.looked && err == nil {
		h.refresh = kept
	}
	h.looked = true
	return h.refresh, h.turns
}

// hold takes over a grant and has the Keeper keep its refresh token; CodeSignedOut when the turn that it belongs to is
// over. Lifetimes count from the backend's clock.
func (c *Client) hold(ctx context.Context, w wire.Grant, turn int) error {
	g := w.Domain()
	if g.Access.Empty() || g.Refresh.Empty() {
		return offlineFor("answer", nil)
	}
	h := &c.session
	h.keeping.Lock()
	defer h.keeping.Unlock()
	kept := c.Keep != nil && c.Keep.Save(ctx, g.Refresh) == nil
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.turns != turn {
		return &app.Error{Code: app.CodeSignedOut} // whoever took the next turn is waiting to keep or forget
	}
	h.access, h.refresh, h.looked, h.ephemeral = g.Access, g.Refresh, true, !kept
	h.until = c.now().Add(g.AccessExpires.Sub(time.Time(w.At)))
	return nil
}

func (c *Client) ephemeral() bool {
	c.session.mu.Lock()
	defer c.session.mu.Unlock()
	return c.session.ephemeral
}

// forget ends the session on this side. What the Keeper can't remove is worth nothing: the server ended it, or it
// expires.
func (c *Client) forget(ctx context.Context) {
	h := &c.session
	h.mu.Lock()
	h.access, h.refresh, h.until, h.looked, h.ephemeral = app.Secret{}, app.Secret{}, time.Time{}, true, false
	h.turns++
	h.mu.Unlock()
	if c.Keep == nil {
		return
	}
	h.keeping.Lock()
	defer h.keeping.Unlock()
	_ = c.Keep.Forget(context.WithoutCancel(ctx))
}
