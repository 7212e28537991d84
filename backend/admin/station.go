package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// A station, from its invitation on:
//
//	InviteStation ─▶ invited ──EnrolStation──▶ enrolled ◀─resume─┐
//	                   │ over, or the name invited again   │ └──pause──▶ paused
//	                   ▼                                   ▼ revoke        │ revoke
//	                 never                               revoked ◀─────────┘

// stationCodeLife is how long a station's one-time code is good.
const stationCodeLife = time.Hour

// ListStations implements app.Stations.
func (a *Admin) ListStations(ctx context.Context) ([]app.Station, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeStationsRead, false); err != nil {
		return nil, err
	}
	var all []app.Station
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		all, err = port.ReadStations(tx, o.Now())
		return err
	})
	return all, err
}

// SilentStations counts the kiosks that are silent (app.FaultSilent), for who looks after the server.
func (a *Admin) SilentStations(ctx context.Context) (silent int, err error) {
	o, release := a.begin(ctx)
	defer release()
	err = o.View(ctx, func(tx *core.Tx) (err error) {
		silent, err = port.SilentStations(tx, o.Now())
		return err
	})
	return silent, err
}

// InviteStation implements app.Stations. An invitation of the same name that nobody has taken up is void from then on.
func (a *Admin) InviteStation(ctx context.Context, name, by string) (app.StationInvited, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeStations, true); err != nil {
		return app.StationInvited{}, err
	}
	code, err := o.Pick(app.PassAlphabet, app.PassLength)
	if err != nil {
		return app.StationInvited{}, o.Failed(err)
	}
	id, err := o.NewID()
	if err != nil {
		return app.StationInvited{}, o.Failed(err)
	}
	now, secret := o.Now(), app.NewSecret(code)
	made := port.StationRecord{
		ID: app.StationID(id), Name: name, CodeHash: o.HashStationCode(secret), CodeEnds: now.Add(stationCodeLife), Invited: now,
		InvitedBy: o.actor(by),
	}
	err = o.Update(ctx, func(tx *core.Tx) error {
		if err := o.takeStationName(tx, name, made.ID); err != nil {
			return err
		}
		if err := tx.PutStation(made); err != nil {
			return err
		}
		return o.logStation(tx, "station.invite", made, o.actor(by), "")
	})
	if err != nil {
		return app.StationInvited{}, o.refused(err)
	}
	return app.StationInvited{Station: made.Station(), Code: secret}, nil
}

// takeStationName refuses a malformed name, and one that another station has; who is only invited gives it up.
func (o *operation) takeStationName(tx *core.Tx, name string, own app.StationID) error {
	refusal := &app.Error{Code: app.CodeStationName, Field: "name"}
	if !goodName(name) {
		return refusal
	}
	all, err := tx.Stations()
	if err != nil {
		return err
	}
	for _, r := range all {
		switch {
		case r.ID == own || !r.Revoked.IsZero() || !strings.EqualFold(r.Name, name):
			continue
		case !r.Enrolled.IsZero():
			return refusal
		}
		r.Revoked = o.Now()
		if err := tx.PutStation(r); err != nil {
			return err
		}
	}
	return nil
}

// ChangeStation implements app.Stations.
func (a *Admin) ChangeStation(ctx context.Context, c app.ChangeStation) (app.Station, error) {
	o, release := a.begin(ctx)
	defer release()
	if err := o.requireScope(ctx, app.ScopeStations, true); err != nil {
		return app.Station{}, err
	}
	var changed port.StationRecord
	err := o.Update(ctx, func(tx *core.Tx) error {
		before, err := tx.Station(c.ID)
		switch {
		case errors.Is(err, port.ErrNotFound):
			return &app.Error{Code: app.CodeNoStation}
		case err != nil:
			return err
		case !before.Revoked.IsZero():
			return &app.Error{Code: app.CodeStationRevoked}
		}
		if changed, err = o.changeStation(tx, before, c); err != nil {
			return err
		}
		if err := tx.PutStation(changed); err != nil {
			return err
		}
		was := ""
		if before.Name != changed.Name {
			was = before.Name
		}
		return o.logStation(tx, "station."+string(c.What), changed, o.actor(c.By), was)
	})
	if err != nil {
		return app.Station{}, o.refused(err)
	}
	return changed.Station(), nil
}

// changeStation gives the record as it is after a change.
func (o *operation) changeStation(tx *core.Tx, r port.StationRecord, c app.ChangeStation) (port.StationRecord, error) {
	switch c.What {
	case app.StationPause:
		if r.Paused.IsZero() {
			r.Paused = o.Now()
		}
	case app.StationResume:
		r.Paused = time.Time{}
	case app.StationRevoke:
		r.Revoked = o.Now()
	case app.StationRename:
		r.Name = c.Name
		return r, o.takeStationName(tx, c.Name, c.ID)
	default:
		return r, &app.Error{Code: app.CodeBadRequest}
	}
	return r, nil
}

// logStation tells the audit trail what was done with a station; was is its name before, where that changed.
func (o *operation) logStation(tx *core.Tx, action string, r port.StationRecord, by, was string) error {
	e := o.entry(action, core.Succeeded)
	e.By, e.Reason = by, fmt.Sprintf("station=%s name=%q", r.ID, r.Name)
	if was != "" {
		e.Reason += fmt.Sprintf(" was=%q", was)
	}
	return tx.LogAndSign(e)
}

// refused stamps a refusal, and logs what is none.
func (o *operation) refused(err error) error {
	var refusal *app.Error
	if errors.As(err, &refusal) && core.IsRefusal(err) {
		return o.Stamp(refusal, "")
	}
	return o.Failed(err)
}
