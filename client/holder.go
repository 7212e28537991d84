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
	owing     app.Secret // the token of the flow that gives new tokens, while these are dead; empty for none

	keeping    sync.Mutex // one at a time at the Keeper
	regranting sync.Mutex // one at a time asks the flow
}

// next begins the turn of another session.
func (h *holder) next() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turns++
	return h.turns
}

func (h *holder) turn() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.turns
}

// renewal is a renewal under way; every caller that needs a token meanwhile waits for the same one.
type renewal struct {
	done chan struct{}
	turn int
	err  error
}

// ticket is an access token and the turn that it belongs to.
type ticket struct {
	access app.Secret
	turn   int
}

// access gives an access token that is neither about to expire nor the stale one, which the server refused.
func (c *Client) access(ctx context.Context, stale app.Secret) (ticket, error) {
	h := &c.session
	h.mu.Lock()
	if !h.access.Empty() && h.access.Reveal() != stale.Reveal() && c.now().Before(h.until.Add(-renewAhead)) {
		defer h.mu.Unlock()
		return ticket{h.access, h.turns}, nil
	}
	r := h.renewal
	if r == nil {
		r = &renewal{done: make(chan struct{}), turn: h.turns}
		h.renewal = r
		// The renewal outlives a caller who goes away: a rotated token must not get lost.
		go c.renewSession(context.WithoutCancel(ctx), r)
	}
	h.mu.Unlock()
	select {
	case <-r.done:
	case <-ctx.Done():
		return ticket{}, c.offline(ctx, ctx.Err())
	}
	if r.err != nil {
		return ticket{}, r.err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.access.Empty() {
		return ticket{}, &app.Error{Code: app.CodeSignedOut} // closed meanwhile
	}
	return ticket{h.access, h.turns}, nil
}

// renewSession trades the refresh token for new tokens.
func (c *Client) renewSession(ctx context.Context, r *renewal) {
	defer close(r.done)
	r.err = c.tradeRefresh(ctx, r.turn)
	if app.CodeOf(r.err) == app.CodeSignedOut {
		c.forgetSession(ctx, r.turn)
	}
	c.session.mu.Lock()
	c.session.renewal = nil
	c.session.mu.Unlock()
}

func (c *Client) tradeRefresh(ctx context.Context, turn int) error {
	if taken, err := c.regrant(ctx, func() int { return turn }); taken {
		return err
	}
	refresh := c.refresh(ctx)
	if refresh.Empty() {
		return &app.Error{Code: app.CodeSignedOut}
	}
	var w wire.Grant
	if _, err := c.do(ctx, call{
		method: http.MethodPost, path: "/v1/sessions/renew", body: wire.Renewal{Refresh: refresh.Reveal()}, into: &w,
	}); err != nil {
		return err
	}
	return c.holdGrant(ctx, w, turn)
}

// refresh gives the refresh token: this run's, or the one that the Keeper has from an earlier run.
func (c *Client) refresh(ctx context.Context) app.Secret {
	h := &c.session
	h.mu.Lock()
	looked, token := h.looked, h.refresh
	h.mu.Unlock()
	if looked || c.Keep == nil {
		return token
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
	return h.refresh
}

// holdGrant takes over a grant and has the Keeper keep its refresh token; CodeSignedOut when the turn that it belongs to
// is over. Lifetimes count from the backend's clock.
func (c *Client) holdGrant(ctx context.Context, w wire.Grant, turn int) error {
	g := w.Domain()
	if g.Access.Empty() || g.Refresh.Empty() {
		return c.notAReply()
	}
	h := &c.session
	h.keeping.Lock()
	defer h.keeping.Unlock()
	kept := h.turn() == turn && c.Keep != nil && c.Keep.Save(ctx, g.Refresh) == nil
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.turns != turn {
		return &app.Error{Code: app.CodeSignedOut} // the next turn keeps or forgets after this
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

// forgetSession ends the session of a turn on this side, unless another one has begun. A token that the Keeper can't
// remove is worth nothing: the server ended its session, or it expires.
func (c *Client) forgetSession(ctx context.Context, turn int) {
	h := &c.session
	h.keeping.Lock()
	defer h.keeping.Unlock()
	if !h.clear(turn) || c.Keep == nil {
		return
	}
	_ = c.Keep.Forget(context.WithoutCancel(ctx))
}

// clear drops the tokens of a turn and reports whether there were any.
func (h *holder) clear(turn int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.turns != turn {
		return false
	}
	held := !h.refresh.Empty()
	h.access, h.refresh, h.until, h.looked, h.ephemeral = app.Secret{}, app.Secret{}, time.Time{}, true, false
	h.owing = app.Secret{}
	h.turns++
	return held
}
