package client

import (
	"context"
	"crypto/ed25519"
	"net/http"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// EnrolStation enrols the station that has this key by its one-time code. The same code and key may be sent again.
// CodeStationCode when the code is not good.
func (c *Client) EnrolStation(ctx context.Context, code app.Secret, key ed25519.PrivateKey) (app.Station, error) {
	read, err := app.ReadPass(code)
	if err != nil {
		return app.Station{}, &app.Error{Code: app.CodeStationCode, Field: "code"}
	}
	public, _ := key.Public().(ed25519.PublicKey)
	ask := app.EnrolStation{Code: read, Key: public, Proof: ed25519.Sign(key, app.StationProof(read, public))}
	return c.ownStation(ctx, call{method: http.MethodPost, path: "/v1/stations", body: wire.NewEnrolStation(ask)})
}

// OwnStation gives the enrolled station that this client's Key is of, as the server knows it. CodeNoStation without a Key.
func (c *Client) OwnStation(ctx context.Context) (app.Station, error) {
	return c.ownStation(ctx, call{method: http.MethodGet, path: "/v1/stations/current"})
}

// ReportStation tells the server what the station says of itself that this client's Key is of. CodeNoStation without a Key;
// CodeThrottled when it is too often; CodeBadRequest where the server takes no reports yet.
func (c *Client) ReportStation(ctx context.Context, r app.StationReport) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/stations/current/report", body: wire.NewStationReport(r, c.now())})
	return err
}

func (c *Client) ownStation(ctx context.Context, call call) (app.Station, error) {
	var w wire.OwnStation
	call.into = &w
	if _, err := c.do(ctx, call); err != nil {
		return app.Station{}, err
	}
	if w.ID == "" {
		return app.Station{}, c.notAReply()
	}
	return w.Domain(), nil
}

// ListStations implements app.Stations.
func (a administration) ListStations(ctx context.Context) ([]app.Station, error) {
	var w wire.Stations
	err := a.do(ctx, call{method: http.MethodGet, path: "/v1/admin/stations", into: &w, limit: maxReport})
	return w.Domain(), err
}

// InviteStation implements app.Stations.
func (a administration) InviteStation(ctx context.Context, name, _ string) (app.StationInvited, error) {
	var w wire.StationInvited
	err := a.post(ctx, call{path: "/v1/admin/stations", body: wire.InviteStation{Name: name}, into: &w, once: true})
	if err != nil {
		return app.StationInvited{}, err
	}
	if w.Code == "" {
		return app.StationInvited{}, a.c.notAReply()
	}
	return w.Domain(), nil
}

// ChangeStation implements app.Stations.
func (a administration) ChangeStation(ctx context.Context, c app.ChangeStation) (app.Station, error) {
	var w wire.Station
	err := a.post(ctx, call{path: "/v1/admin/stations/change", body: wire.NewChangeStation(c), into: &w, once: true})
	return w.Domain(), err
}
