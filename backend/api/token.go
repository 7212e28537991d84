package api

import (
	"context"
	"net/http"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// Tokens for scripts. People make and revoke them, with a fresh proof; no token does.
func (s *server) registerTokens() {
	administer(s, read(app.ScopeTokensRead, "list-tokens", "/v1/admin/tokens", "The tokens for scripts"),
		func(ctx context.Context, _ *struct{}) (*reply[wire.Tokens], error) {
			all, err := s.Admin.Tokens.ListTokens(ctx)
			return replyWith(wire.NewTokens(all)), err
		})
	administer(s, operation{
		id: "make-token", method: http.MethodPost, path: "/v1/admin/tokens", summary: "Make a token by which a script administers",
		status: http.StatusCreated,
	}, func(ctx context.Context, r *request[wire.MakeToken]) (*reply[wire.TokenMade], error) {
		made, err := s.Admin.Tokens.MakeToken(ctx, r.Body.Domain(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewTokenMade(made)), err
	})
	administer(s, operation{
		id: "revoke-token", method: http.MethodPost, path: "/v1/admin/tokens/revoke", summary: "End a token for good",
		status: http.StatusOK,
	}, func(ctx context.Context, r *request[wire.RevokeToken]) (*reply[wire.Token], error) {
		revoked, err := s.Admin.Tokens.RevokeToken(ctx, app.TokenID(r.Body.ID), string(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewToken(revoked)), err
	})
}
