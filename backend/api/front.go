package api

import (
	"context"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

func (s *server) registerFront() {
	register(s, get("get-organisation", "/v1/organisation", "What anyone may know before they said who they are", everyone),
		func(ctx context.Context, _ *struct{}) (*reply[wire.Organisation], error) {
			o, err := s.Front.Organisation(ctx)
			if err != nil {
				return nil, s.problem(ctx, err, app.Flow{})
			}
			return replyWith(wire.NewOrganisation(o)), nil
		})
}
