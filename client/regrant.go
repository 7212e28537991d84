package client

import (
	"context"
	"net/http"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// When a fresh proof in a flow raises the level of the session, the session's tokens are dead: somebody else might hold them.
// The flow's token gives new ones, which are fetched at once; where that fails, when the next one is needed.

// takeRegrant fetches the session's new tokens, where a flow's reply says that there are any.
func (c *Client) takeRegrant(ctx context.Context, id app.FlowID, due bool) {
	token := c.tokens.get(id)
	if !due || token.Empty() {
		return
	}
	h := &c.session
	if r := h.owe(token); r != nil { // with the refresh token that is dead: its refusal forgets the session
		select {
		case <-r.done:
		case <-ctx.Done():
			return
		}
		h.owe(token)
	}
	_, _ = c.regrant(context.WithoutCancel(ctx), h.next)
}

// owe notes which flow gives new tokens, and gives the renewal that is under way.
func (h *holder) owe(token app.Secret) *renewal {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.owing = token
	return h.renewal
}

// regrant asks the flow for the tokens that it owes, and reports whether it owed any. turn gives the one that they belong to.
func (c *Client) regrant(ctx context.Context, turn func() int) (taken bool, err error) {
	h := &c.session
	h.regranting.Lock()
	defer h.regranting.Unlock()
	h.mu.Lock()
	token := h.owing
	h.mu.Unlock()
	if token.Empty() {
		return false, nil
	}
	var w wire.Grant
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/sessions", token: token, into: &w})
	if code := app.CodeOf(err); code == app.CodeOffline || code == app.CodeUnavailable {
		return true, err // it is still owed
	}
	h.mu.Lock()
	if h.owing.Reveal() == token.Reveal() {
		h.owing = app.Secret{}
	}
	h.mu.Unlock()
	if err != nil {
		return false, err
	}
	return true, c.holdGrant(ctx, w, turn())
}
