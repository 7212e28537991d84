package store

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectStation = `SELECT id, name, public_key, code_hash, code_end, invited, invited_by, enrolled, used, paused, revoked
	FROM station `

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
		instant("paused", r.Paused), instant("revoked", r.Revoked),
	}
}

func (t *transaction) readStation(row scanner) (port.StationRecord, error) {
	var r port.StationRecord
	err := t.scan("read a station", row, &r.ID, &r.Name, &r.Key, &r.CodeHash, moment{&r.CodeEnds}, moment{&r.Invited}, &r.InvitedBy,
		moment{&r.Enrolled}, moment{&r.Used}, moment{&r.Paused}, moment{&r.Revoked})
	if err != nil {
		return port.StationRecord{}, err
	}
	t.noteRow(rowOf{"station", string(r.ID)}, func() []column { return stationColumns(r) })
	return r, nil
}
