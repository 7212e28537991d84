package api

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
	"github.com/sparekey/sparekey/client/wire"
)

// signatureWindow is how far the time of a signature may lie from the server's clock, before it or behind it.
const signatureWindow = 5 * time.Minute

// reportBody is how many bytes a station's report may have; one has some 300.
const reportBody = 2 << 10

// fromStation is where a request comes from by what its signature proves. A request without one comes from nobody's station; one
// whose signature does not hold is refused, since something has changed it, or somebody has made it up.
func (s *server) fromStation(r *http.Request, claimed app.Origin) (app.Origin, error) {
	if !signed.Present(r) {
		return claimed, nil
	}
	if s.Stations == nil {
		return app.Origin{}, app.Errorf(app.CodeStationUnknown, "no stations here")
	}
	var station app.StationKey
	signature, err := signed.Verify(r, func(ctx context.Context, id app.StationID) (key ed25519.PublicKey, err error) {
		station, err = s.Stations.StationKey(ctx, id)
		return station.Key, err
	})
	if errors.Is(err, signed.ErrSignature) {
		return app.Origin{}, app.Errorf(app.CodeStationSignature, "%w", err)
	}
	if err != nil {
		return app.Origin{}, err
	}
	now := s.Clock.Now()
	ahead := signature.Created.Sub(now)
	if ahead.Abs() > signatureWindow {
		s.Stations.StationHeard(r.Context(), station.ID, ahead, false)
		return app.Origin{}, app.Errorf(app.CodeStationClock, "signed %v ago", -ahead)
	}
	if station.Refusal != "" {
		return app.Origin{}, &app.Error{Code: station.Refusal}
	}
	if err := s.nonces.take(signature, now); err != nil {
		return app.Origin{}, err
	}
	s.Stations.StationHeard(r.Context(), station.ID, ahead, true)
	return app.Origin{Station: station.Name, Enrolled: station.ID, Network: claimed.Network}, nil
}

func (s *server) registerStations() {
	register(s, operation{
		id: "enrol-station", method: http.MethodPost, path: "/v1/stations", summary: "Enrol a workstation or kiosk with its one-time code",
		status: http.StatusCreated, roles: []app.Role{app.RoleAnyone},
	}, func(ctx context.Context, r *request[wire.EnrolStation]) (*reply[wire.OwnStation], error) {
		return s.door(ctx, func(door app.StationDoor) (app.Station, error) { return door.EnrolStation(ctx, r.Body.Domain()) })
	})
	register(s, get("get-station", "/v1/stations/current", "The enrolled station that asks", everyone),
		func(ctx context.Context, _ *struct{}) (*reply[wire.OwnStation], error) {
			return s.door(ctx, func(door app.StationDoor) (app.Station, error) { return door.OwnStation(ctx) })
		})
	register(s, operation{
		id: "report-station", method: http.MethodPost, path: "/v1/stations/current/report", summary: "What an enrolled station says of itself",
		status: http.StatusNoContent, roles: []app.Role{app.RoleAnyone}, body: reportBody,
	}, func(ctx context.Context, r *request[wire.StationReport]) (*struct{}, error) {
		if s.Stations == nil {
			return nil, s.problem(ctx, app.Errorf(app.CodeNotEnabled, "no stations here"), app.Flow{})
		}
		if err := s.Stations.ReportStation(ctx, r.Body.Domain(s.Clock.Now())); err != nil {
			return nil, s.problem(ctx, err, app.Flow{})
		}
		return nil, nil
	})
	administer(s, read(app.ScopeStationsRead, "list-stations", "/v1/admin/stations", "The workstations and kiosks that the server knows"),
		func(ctx context.Context, _ *struct{}) (*reply[wire.Stations], error) {
			all, err := s.Admin.Stations.ListStations(ctx)
			return replyWith(wire.NewStations(all)), err
		})
	administer(s, operation{
		id: "invite-station", method: http.MethodPost, path: "/v1/admin/stations", summary: "Make a one-time code by which a station enrols",
		status: http.StatusCreated, scope: app.ScopeStations,
	}, func(ctx context.Context, r *request[wire.InviteStation]) (*reply[wire.StationInvited], error) {
		i, err := s.Admin.Stations.InviteStation(ctx, r.Body.Name, string(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewStationInvited(i)), err
	})
	administer(s, operation{
		id: "change-station", method: http.MethodPost, path: "/v1/admin/stations/change", summary: "Pause, resume, revoke or rename a station",
		status: http.StatusOK, scope: app.ScopeStations,
	}, func(ctx context.Context, r *request[wire.ChangeStation]) (*reply[wire.Station], error) {
		changed, err := s.Admin.Stations.ChangeStation(ctx, r.Body.Domain(app.CallerFrom(ctx).Account))
		return replyWith(wire.NewStation(changed)), err
	})
}

// door answers with what came of asking at the stations' door.
func (s *server) door(ctx context.Context, ask func(app.StationDoor) (app.Station, error)) (*reply[wire.OwnStation], error) {
	if s.Stations == nil {
		return nil, s.problem(ctx, app.Errorf(app.CodeNotEnabled, "no stations here"), app.Flow{})
	}
	station, err := ask(s.Stations)
	if err != nil {
		return nil, s.problem(ctx, err, app.Flow{})
	}
	return replyWith(wire.NewOwnStation(station)), nil
}
