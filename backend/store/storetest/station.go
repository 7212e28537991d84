package storetest

import (
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

func testStation(t *testing.T, s port.Store) {
	station := func(id app.StationID) func(port.Tx) (port.StationRecord, error) {
		return func(tx port.Tx) (port.StationRecord, error) { return tx.Station(id) }
	}
	byCode := func(hash string) func(port.Tx) (port.StationRecord, error) {
		return func(tx port.Tx) (port.StationRecord, error) { return tx.StationByCode([]byte(hash)) }
	}
	all := func() []port.StationRecord {
		return get(t, s, func(tx port.Tx) ([]port.StationRecord, error) { return tx.Stations() })
	}
	missing(t, s, "none yet", station("S1"))
	missing(t, s, "none by code", byCode("h1"))
	same(t, "none", len(all()), 0)
	put := func(tx port.Tx, r port.StationRecord) error { return tx.PutStation(r) }
	full := port.StationRecord{
		ID: "S1", Name: "Kiosk lobby", Key: []byte("k1"), CodeHash: []byte("h1"), CodeEnds: later(60), Invited: now, InvitedBy: "jo",
		Enrolled: later(5), Used: later(7), Paused: later(8), Revoked: later(9),
	}
	bare := port.StationRecord{ID: "S2", Name: "Kiosk canteen", CodeHash: []byte("h2"), CodeEnds: later(60), Invited: later(1)}
	older := port.StationRecord{ID: "S3", Name: "Kiosk canteen", CodeHash: []byte("h3"), CodeEnds: later(60), Invited: now}
	puts(t, s, put, full, bare, older)
	same(t, "full", get(t, s, station("S1")), full)
	same(t, "bare", get(t, s, station("S2")), bare)
	same(t, "by code", get(t, s, byCode("h2")), bare)
	same(t, "by name, and by invitation", all(), []port.StationRecord{older, bare, full})
	changed := bare
	changed.Name, changed.Key, changed.Enrolled = "Kiosk gate", []byte("k2"), later(2)
	update(t, s, func(tx port.Tx) error {
		if _, err := tx.Station("S2"); err != nil {
			return err
		}
		return tx.PutStation(changed)
	})
	same(t, "changed", get(t, s, station("S2")), changed)
	same(t, "and no other", get(t, s, station("S3")), older)
	twice := port.StationRecord{ID: "S4", Name: "another", CodeHash: []byte("h1"), CodeEnds: later(60), Invited: now}
	if err := s.Update(t.Context(), func(tx port.Tx) error { return tx.PutStation(twice) }); err == nil {
		t.Error("two stations have one code")
	}
}
