package admin

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// EnrolStation implements app.StationDoor. Every try counts for the network that it comes from: a code has 60 bits, and nobody
// guesses on for long.
func (a *Admin) EnrolStation(ctx context.Context, e app.EnrolStation) (app.Station, error) {
	o, release := a.begin(ctx)
	defer release()
	wrong := &app.Error{Code: app.CodeStationCode, Field: "code"}
	code, err := app.ReadPass(e.Code)
	if err != nil || len(e.Key) != ed25519.PublicKeySize || !ed25519.Verify(e.Key, app.StationProof(code, e.Key), e.Proof) {
		return app.Station{}, o.Stamp(wrong, "")
	}
	var enrolled port.StationRecord
	taken := false
	err = o.Update(ctx, func(tx *core.Tx) (err error) {
		if err := o.ThrottleNetwork(tx, limit.NetworkEnrol, o.Caller().Origin); err != nil {
			return err
		}
		enrolled, err = tx.StationByCode(o.HashStationCode(code))
		if err != nil && !errors.Is(err, port.ErrNotFound) {
			return err
		}
		if taken = err == nil && o.admits(enrolled, e.Key); !taken {
			entry := o.entry("station.enrol", core.Failed)
			entry.Reason = string(wrong.Code)
			return tx.LogRefusal(entry)
		}
		if enrolled.Key != nil { // the answer was lost
			return nil
		}
		enrolled.Key, enrolled.Enrolled = e.Key, o.Now()
		if err := tx.PutStation(enrolled); err != nil {
			return err
		}
		return o.logStation(tx, "station.enrol", enrolled, enrolled.InvitedBy, "")
	})
	switch {
	case err != nil:
		return app.Station{}, o.refused(err)
	case !taken:
		return app.Station{}, o.Stamp(wrong, "")
	}
	return enrolled.Station(), nil
}

// admits reports whether a code lets a key in: nobody has used it, or this very key.
func (o *operation) admits(r port.StationRecord, key ed25519.PublicKey) bool {
	return r.CodeGood(o.Now()) && (r.Key == nil || bytes.Equal(r.Key, key))
}

// OwnStation implements app.StationDoor.
func (a *Admin) OwnStation(ctx context.Context) (app.Station, error) {
	o, release := a.begin(ctx)
	defer release()
	var r port.StationRecord
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		r, err = tx.Station(o.Caller().Origin.Enrolled)
		if errors.Is(err, port.ErrNotFound) {
			err = &app.Error{Code: app.CodeNoStation}
		}
		return err
	})
	if err != nil {
		return app.Station{}, o.refused(err)
	}
	return r.Station(), nil
}

// StationKey implements app.StationDoor.
func (a *Admin) StationKey(ctx context.Context, id app.StationID) (app.StationKey, error) {
	o, release := a.begin(ctx)
	defer release()
	var r port.StationRecord
	err := o.View(ctx, func(tx *core.Tx) (err error) {
		r, err = tx.Station(id)
		if errors.Is(err, port.ErrNotFound) {
			err = &app.Error{Code: app.CodeStationUnknown}
		}
		return err
	})
	if err == nil && r.Key == nil {
		err = &app.Error{Code: app.CodeStationUnknown}
	}
	if err != nil {
		return app.StationKey{}, o.refused(err)
	}
	k := app.StationKey{ID: r.ID, Name: r.Name, Key: r.Key}
	switch {
	case !r.Revoked.IsZero():
		k.Refusal = app.CodeStationRevoked
	case !r.Paused.IsZero():
		k.Refusal = app.CodeStationPaused
	}
	return k, nil
}

// heard is what is noted of a station now and then.
type heard struct {
	id    app.StationID
	taken bool
}

// StationHeard implements app.StationDoor. A commit is dear, so that one is made for a station now and then alone; one that fails
// is nobody's trouble but the list's.
func (a *Admin) StationHeard(ctx context.Context, id app.StationID, ahead time.Duration, taken bool) {
	o, release := a.begin(ctx)
	defer release()
	now := o.Now()
	if !a.heard.Due(heard{id, taken}, app.StationUseSpan, now) {
		return
	}
	err := o.Update(ctx, func(tx *core.Tx) error {
		r, err := tx.Station(id)
		if err != nil || taken && limit.Within(app.StationUseSpan, r.Used, now) {
			return err
		}
		if taken {
			r.Used = now
		}
		r.ClockAhead, r.ClockAt = ahead.Round(time.Second), now
		return tx.PutStation(r)
	})
	if err != nil {
		o.Log.Warn("it was not noted that a station was heard of", "station", id, "error", err)
	}
}

// ReportStation implements app.StationDoor. It leaves no entry in the audit trail: nothing is done to anybody.
func (a *Admin) ReportStation(ctx context.Context, said app.StationReport) error {
	o, release := a.begin(ctx)
	defer release()
	own := o.Caller().Origin.Enrolled
	if own == "" {
		return o.Stamp(&app.Error{Code: app.CodeNoStation}, "")
	}
	if err := o.Pace(limit.NetworkReport); err != nil {
		return o.refused(err)
	}
	err := o.Update(ctx, func(tx *core.Tx) error {
		_, err := tx.Station(own)
		if errors.Is(err, port.ErrNotFound) {
			return &app.Error{Code: app.CodeNoStation}
		}
		if err != nil {
			return err
		}
		return tx.PutStationReport(port.StationReportRecord{ID: own, At: o.Now(), Server: o.Version, Report: said})
	})
	if err != nil {
		return o.refused(err)
	}
	return nil
}
