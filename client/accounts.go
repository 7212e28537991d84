package client

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// Standing implements app.Accounts.
func (a administration) Standing(ctx context.Context, userID string) (app.Standing, error) {
	var w wire.Standing
	err := a.post(ctx, call{path: "/v1/admin/accounts/lookup", body: wire.LookUp{UserID: userID}, into: &w})
	return w.Domain(), err
}

// Unfreeze implements app.Accounts.
func (a administration) Unfreeze(ctx context.Context, u app.Unfreeze) (app.Person, error) {
	var w wire.Unfrozen
	err := a.post(ctx, call{path: "/v1/admin/accounts/unfreeze", body: wire.NewUnfreeze(u), into: &w, once: true})
	return w.Domain(), err
}
