package setup

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// ListStations implements app.Stations.
func (a administration) ListStations(ctx context.Context) ([]app.Station, error) {
	if a.service != nil {
		return a.service.ListStations(asOperator(ctx))
	}
	var all []app.Station
	err := a.read(ctx, func(tx port.Tx) (err error) {
		all, err = port.ReadStations(tx, time.Now())
		return err
	})
	return all, err
}

// InviteStation implements app.Stations.
func (a administration) InviteStation(ctx context.Context, name, by string) (app.StationInvited, error) {
	if a.service == nil {
		return app.StationInvited{}, errOnlyRead
	}
	return a.service.InviteStation(asOperator(ctx), name, by)
}

// ChangeStation implements app.Stations.
func (a administration) ChangeStation(ctx context.Context, c app.ChangeStation) (app.Station, error) {
	if a.service == nil {
		return app.Station{}, errOnlyRead
	}
	return a.service.ChangeStation(asOperator(ctx), c)
}
