package api

import (
	"context"
	"net/http"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

func (s *server) registerSessions() {
	register(s, operation{
		id: "open-session", method: http.MethodPost, path: "/v1/sessions",
		summary: "Turn a flow that stands at signed_in into a session",
		status:  http.StatusCreated, roles: holder,
	}, func(ctx context.Context, _ *struct{}) (*reply[wire.Grant], error) {
		g, err := s.Grants.Grant(ctx, app.CallerFrom(ctx).Flow)
		return s.replyGrant(ctx, g, err)
	})
	register(s, operation{
		id: "renew-session", method: http.MethodPost, path: "/v1/sessions/renew",
		summary: "Trade a refresh token for new tokens", status: http.StatusOK, roles: everyone,
	}, func(ctx context.Context, r *request[wire.Renewal]) (*reply[wire.Grant], error) {
		g, err := s.Grants.Renew(ctx, app.NewSecret(r.Body.Refresh))
		return s.replyGrant(ctx, g, err)
	})
	register(s, get("get-session", "/v1/sessions/current", "The caller's session", signedIn),
		func(ctx context.Context, _ *struct{}) (*reply[wire.Session], error) {
			session, err := s.Grants.CurrentSession(ctx)
			if err != nil {
				return nil, s.problem(ctx, err, app.Flow{})
			}
			return replyWith(wire.NewSession(session)), nil
		})
	register(s, operation{
		id: "end-session", method: http.MethodDelete, path: "/v1/sessions/current", summary: "Sign out",
		status: http.StatusNoContent, roles: signedIn,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		if err := s.Grants.EndSession(ctx); err != nil {
			return nil, s.problem(ctx, err, app.Flow{})
		}
		return nil, nil
	})
}

func (s *server) replyGrant(ctx context.Context, g app.Grant, err error) (*reply[wire.Grant], error) {
	if err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	return replyWith(wire.NewGrant(g, s.Clock.Now())), nil
}
