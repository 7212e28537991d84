package setup

import (
	"context"

	"github.com/sparekey/sparekey/app"
)

// MessagesOf implements app.Messages.
func (a administration) MessagesOf(ctx context.Context, userID string) ([]app.MessageTrace, error) {
	if a.service == nil {
		return nil, errOnlyRead
	}
	return a.service.MessagesOf(asOperator(ctx), userID)
}
