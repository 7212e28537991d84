package setup

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// ListTokens implements app.Tokens.
func (a administration) ListTokens(ctx context.Context) ([]app.Token, error) {
	if a.service != nil {
		return a.service.ListTokens(asOperator(ctx))
	}
	var all []app.Token
	err := a.read(ctx, func(tx port.Tx) error {
		records, err := tx.Tokens()
		for _, r := range records {
			all = append(all, r.Token())
		}
		return err
	})
	return all, err
}

// MakeToken implements app.Tokens.
func (a administration) MakeToken(ctx context.Context, m app.MakeToken) (app.TokenMade, error) {
	if a.service == nil {
		return app.TokenMade{}, errOnlyRead
	}
	return a.service.MakeToken(asOperator(ctx), m)
}

// RevokeToken implements app.Tokens.
func (a administration) RevokeToken(ctx context.Context, id app.TokenID, by string) (app.Token, error) {
	if a.service == nil {
		return app.Token{}, errOnlyRead
	}
	return a.service.RevokeToken(asOperator(ctx), id, by)
}
