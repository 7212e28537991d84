package store

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectStation = `SELECT id, name, public_key, code_hash, code_end, invited, invited_by, enrolled, used, paused, revoked,
	clock_ahead, clock_at FROM station `

// Station implements port.StationTx.
func (t *transaction) Station(id app.StationID) (port.StationRecord, error) {
	return t.readStation(t.row(selectStation+`WHERE id = ?`, string(id)))
}

// StationByCode implements port.StationTx.
func (t *transaction) StationByCode(hash []byte) (port.StationRecord, error) {
	return t.readStation(t.row(selectStation+`WHERE code_hash = ?`, blob(hash)))
}

// Stations implements port.StationTx.
func (t *transaction) Stations() ([]port.StationRecord, error) {
	return list(t, "list stations", t.readStation, selectStation+`ORDER BY name, invited, id`)
}

// PutStation implements port.StationTx.
func (t *transaction) PutStation(r port.StationRecord) error {
	return t.put("put a station", rowOf{"station", string(r.ID)}, stationColumns(r))
}

func stationColumns(r port.StationRecord) []column {
	return []column{
		text("name", r.Name), hash("public_key", r.Key), hash("code_hash", r.CodeHash), instant("code_end", r.CodeEnds),
		instant("invited", r.Invited), text("invited_by", r.InvitedBy), instant("enrolled", r.Enrolled), instant("used", r.Used),
		instant("paused", r.Paused), instant("revoked", r.Revoked), {name: "clock_ahead", value: r.ClockAhead.Microseconds()},
		instant("clock_at", r.ClockAt),
	}
}

func (t *transaction) readStation(row scanner) (port.StationRecord, error) {
	var r port.StationRecord
	var ahead int64
	err := t.scan("read a station", row, &r.ID, &r.Name, &r.Key, &r.CodeHash, moment{&r.CodeEnds}, moment{&r.Invited}, &r.InvitedBy,
		moment{&r.Enrolled}, moment{&r.Used}, moment{&r.Paused}, moment{&r.Revoked}, &ahead, moment{&r.ClockAt})
	if err != nil {
		return port.StationRecord{}, err
	}
	r.ClockAhead = time.Duration(ahead) * time.Microsecond
	t.noteRow(rowOf{"station", string(r.ID)}, func() []column { return stationColumns(r) })
	return r, nil
}

// StationReports implements port.StationTx.
func (t *transaction) StationReports() ([]port.StationReportRecord, error) {
	return list(t, "list the reports of stations", t.readStationReport, `SELECT id, at, server, version, system, system_version, width, height,
		scale, mode, since, security_keys, trouble, trouble_at, wiped, away FROM station_report ORDER BY id`)
}

// PutStationReport implements port.StationTx.
func (t *transaction) PutStationReport(r port.StationReportRecord) error {
	said := r.Report
	return t.put("put a station's report", rowOf{"station_report", string(r.ID)}, []column{
		instant("at", r.At), text("server", r.Server), text("version", said.Version), text("system", said.System),
		text("system_version", said.SystemVersion), integer("width", said.Width), integer("height", said.Height),
		integer("scale", said.Scale), text("mode", said.Mode), instant("since", said.Since), text("security_keys", said.Keys),
		text("trouble", said.Trouble), instant("trouble_at", said.TroubleAt), integer("wiped", said.Wiped), integer("away", said.Away),
	})
}

func (t *transaction) readStationReport(row scanner) (port.StationReportRecord, error) {
	var r port.StationReportRecord
	said := &r.Report
	err := t.scan("read a station's report", row, &r.ID, moment{&r.At}, &r.Server, &said.Version, &said.System, &said.SystemVersion,
		&said.Width, &said.Height, &said.Scale, &said.Mode, moment{&said.Since}, &said.Keys, &said.Trouble, moment{&said.TroubleAt},
		&said.Wiped, &said.Away)
	if err != nil {
		return port.StationReportRecord{}, err
	}
	return r, nil
}

// StationUses implements port.StationTx. The stations come first: the index of the trail has the entries of each by their time, and what
// is older is not read. Looking after what is registered counts as no conversation: it has no end that it is for.
func (t *transaction) StationUses(since time.Time) (map[app.StationID]app.StationUse, error) {
	uses := map[app.StationID]app.StationUse{}
	read := func(row scanner) (id app.StationID, err error) {
		var u app.StationUse
		err = t.scan("count the use of stations", row, &id, &u.Begun, &u.Through, &u.Asked, &u.Cancelled, &u.Abandoned)
		uses[id] = u
		return id, err
	}
	_, err := list(t, "count the use of stations", read, `SELECT s.id,
		COUNT(DISTINCT CASE WHEN a.action IN ('reset.start', 'register.start', 'sign_in.start', 'change_password.start') THEN a.flow END),
		COUNT(DISTINCT CASE WHEN a.result = 'succeeded' AND a.action IN ('reset.write', 'reset.unlocked', 'register.finish', 'session.open',
			'sign_in.write', 'change_password.write') THEN a.flow END),
		COUNT(DISTINCT CASE WHEN a.result = 'contacted_administrator' AND a.action = 'help.request' THEN a.flow END),
		COUNT(DISTINCT CASE WHEN a.result = 'cancelled' AND a.action IN ('reset.end', 'register.end', 'sign_in.end', 'change_password.end') THEN a.flow END),
		COUNT(DISTINCT CASE WHEN a.result = 'abandoned' AND a.action IN ('reset.end', 'register.end', 'sign_in.end', 'change_password.end') THEN a.flow END)
		FROM station s CROSS JOIN audit a ON a.station_id = s.id AND a.station_id <> '' AND a.at >= ? AND a.flow <> ''
		GROUP BY s.id`, micros(since))
	return uses, err
}
