package api

import (
	"context"
	"net/http"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// registerAccounts registers what the help desk does with people's accounts. A user ID travels in a body: paths are logged.
func (s *server) registerAccounts() {
	administer(s, operation{
		id: "look-up-account", method: http.MethodPost, path: "/v1/admin/accounts/lookup", summary: "How a user ID stands: what is registered, and whether self-service is frozen",
		status: http.StatusOK, scope: app.ScopeAccountsRead,
	}, func(ctx context.Context, r *request[wire.LookUp]) (*reply[wire.Standing], error) {
		found, err := s.Admin.Accounts.Standing(ctx, r.Body.UserID)
		return replyWith(wire.NewStanding(found)), err
	})
	administer(s, operation{
		id: "unfreeze-account", method: http.MethodPost, path: "/v1/admin/accounts/unfreeze", summary: "Lift the freeze of a user ID's self-service",
		status: http.StatusOK, scope: app.ScopeAccounts,
	}, func(ctx context.Context, r *request[wire.Unfreeze]) (*reply[wire.Unfrozen], error) {
		who, err := s.Admin.Accounts.Unfreeze(ctx, r.Body.Domain(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewUnfrozen(who)), err
	})
}
