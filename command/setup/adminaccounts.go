package setup

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// Standing implements app.Accounts.
func (a administration) Standing(ctx context.Context, userID string) (app.Standing, error) {
	if a.service == nil {
		return app.Standing{}, errOnlyRead
	}
	return a.service.Standing(asOperator(ctx), userID)
}

// Unfreeze implements app.Accounts.
func (a administration) Unfreeze(ctx context.Context, u app.Unfreeze) (app.Person, error) {
	if a.service == nil {
		return app.Person{}, errOnlyRead
	}
	return a.service.Unfreeze(asOperator(ctx), u)
}
