package client

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// ListTokens implements app.Tokens.
func (a administration) ListTokens(ctx context.Context) ([]app.Token, error) {
	var w wire.Tokens
	err := a.get(ctx, "/v1/admin/tokens", &w)
	return w.Domain(), err
}

// MakeToken implements app.Tokens.
func (a administration) MakeToken(ctx context.Context, m app.MakeToken) (app.TokenMade, error) {
	var w wire.TokenMade
	if err := a.post(ctx, call{path: "/v1/admin/tokens", body: wire.NewMakeToken(m), into: &w, once: true}); err != nil {
		return app.TokenMade{}, err
	}
	if w.Secret == "" {
		return app.TokenMade{}, a.c.notAReply()
	}
	return w.Domain(), nil
}

// RevokeToken implements app.Tokens.
func (a administration) RevokeToken(ctx context.Context, id app.TokenID, _ string) (app.Token, error) {
	var w wire.Token
	err := a.post(ctx, call{path: "/v1/admin/tokens/revoke", body: wire.RevokeToken{ID: string(id)}, into: &w, once: true})
	return w.Domain(), err
}
