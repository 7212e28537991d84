package client

import (
	"context"
	"net/http"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// Open implements app.Sessions. The session is Ephemeral where the Keeper could not keep it.
func (c *Client) Open(ctx context.Context, id app.FlowID) (app.Session, error) {
	token := c.tokens.get(id)
	if token.Empty() {
		return app.Session{}, &app.Error{Code: app.CodeNoFlow}
	}
	var w wire.Grant
	if _, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/sessions", token: token, into: &w}); err != nil {
		return app.Session{}, err
	}
	if err := c.holdGrant(ctx, w, c.session.next()); err != nil {
		return app.Session{}, err
	}
	c.tokens.drop(id)
	s := w.Domain().Session
	s.Ephemeral = c.ephemeral()
	return s, nil
}

// Current implements app.Sessions. It takes up the session of an earlier run where the Keeper kept one.
func (c *Client) Current(ctx context.Context) (app.Session, error) {
	var w wire.Session
	if _, err := c.doAsSession(ctx, call{method: http.MethodGet, path: "/v1/sessions/current", into: &w}); err != nil {
		return app.Session{}, err
	}
	s := w.Domain()
	s.Ephemeral = c.ephemeral()
	return s, nil
}

// Close implements app.Sessions. The session ends here whatever the server says; an error other than CodeSignedOut
// means that it may live on there until it expires.
func (c *Client) Close(ctx context.Context) error {
	turn := c.session.turn()
	t, err := c.access(ctx, app.Secret{})
	c.forgetSession(ctx, turn)
	if err == nil {
		_, err = c.do(ctx, call{method: http.MethodDelete, path: "/v1/sessions/current", token: t.access})
	}
	if app.CodeOf(err) == app.CodeSignedOut {
		return nil
	}
	return err
}

// doAsSession sends a call with the session's access token. A token that is refused is renewed once; when that does not
// help, the session is over and forgotten.
func (c *Client) doAsSession(ctx context.Context, call call) (app.Flow, error) {
	call = call.withDefaults()
	ctx, cancel := context.WithTimeout(ctx, call.timeout+renewTimeout)
	defer cancel()
	t, err := c.access(ctx, app.Secret{})
	if err != nil {
		return app.Flow{}, err
	}
	call.token = t.access
	f, err := c.do(ctx, call)
	if app.CodeOf(err) != app.CodeSignedOut {
		return f, err
	}
	if t, err = c.access(ctx, t.access); err != nil {
		return app.Flow{}, err
	}
	call.token = t.access
	f, err = c.do(ctx, call)
	if app.CodeOf(err) == app.CodeSignedOut {
		c.forgetSession(ctx, t.turn)
	}
	return f, err
}
