package storetest

import (
	"testing"
	"time"

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
		ClockAhead: -90 * time.Second, ClockAt: later(7),
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

func testStationReports(t *testing.T, s port.Store) {
	all := func() []port.StationReportRecord {
		return get(t, s, func(tx port.Tx) ([]port.StationReportRecord, error) { return tx.StationReports() })
	}
	same(t, "none yet", len(all()), 0)
	full := port.StationReportRecord{ID: "S1", At: later(10), Server: "1.5.0", Report: app.StationReport{
		Version: "1.4.0", System: "linux", SystemVersion: "Debian GNU/Linux 12", Width: 1920, Height: 1080, Scale: 150, Mode: app.ModeKiosk,
		Since: later(1), Keys: app.KeysUsable, Trouble: app.CodeKeyBusy, TroubleAt: later(2), Wiped: 3, Away: 4,
	}}
	bare := port.StationReportRecord{ID: "S2", At: now, Report: app.StationReport{Version: "dev", Mode: app.ModeDesktop, Since: now}}
	put := func(tx port.Tx, r port.StationReportRecord) error { return tx.PutStationReport(r) }
	puts(t, s, put, bare, full)
	same(t, "both", all(), []port.StationReportRecord{full, bare})
	next := full
	next.At, next.Report.Wiped, next.Report.Trouble, next.Report.TroubleAt = later(15), 0, "", time.Time{}
	puts(t, s, put, next)
	same(t, "the last one alone, and the other as it was", all(), []port.StationReportRecord{next, bare})
}

func testStationUses(t *testing.T, s port.Store) {
	uses := func(since time.Time) map[app.StationID]app.StationUse {
		return get(t, s, func(tx port.Tx) (map[app.StationID]app.StationUse, error) { return tx.StationUses(since) })
	}
	same(t, "none yet", len(uses(now)), 0)
	for i, id := range []app.StationID{"S1", "S2", "S3"} {
		update(t, s, func(tx port.Tx) error {
			return tx.PutStation(port.StationRecord{ID: id, Name: string(id), CodeHash: []byte{byte(i + 1)}, Invited: now, CodeEnds: now})
		})
	}
	seq := int64(0)
	add := func(station app.StationID, at time.Time, flow, action, result string) {
		seq++
		update(t, s, func(tx port.Tx) error {
			return tx.AppendAudit(port.AuditEntry{
				Seq: seq, At: at, Action: action, Result: result, Flow: flow, StationID: string(station), Hash: []byte{byte(seq)},
			})
		})
	}
	add("S1", later(-1), "old", "reset.start", "succeeded")
	for _, e := range [][3]string{
		{"f1", "reset.start", "succeeded"}, {"f1", "reset.write", "failed"}, {"f1", "reset.write", "succeeded"}, {"f1", "reset.unlocked", "succeeded"},
		{"f2", "reset.start", "blocked"}, {"f2", "help.request", "contacted_administrator"},
		{"f3", "reset.start", "succeeded"}, {"f3", "reset.end", "cancelled"},
		{"f4", "sign_in.start", "succeeded"}, {"f4", "session.open", "succeeded"}, {"f4", "register.start", "succeeded"},
		{"f5", "register.start", "succeeded"}, {"f5", "register.finish", "succeeded"}, {"f5", "register.end", "abandoned"},
		{"f6", "manage.start", "succeeded"}, {"f6", "manage.end", "cancelled"}, {"", "reset.start", "blocked"}, {"f7", "help.request", "blocked"},
	} {
		add("S1", now, e[0], e[1], e[2])
		add("", now, e[0]+"x", e[1], e[2]) // of nobody's station
	}
	add("S2", later(1), "g1", "reset.start", "succeeded")
	add("gone", now, "h1", "reset.start", "succeeded")
	want := map[app.StationID]app.StationUse{"S1": {Begun: 5, Through: 3, Asked: 1, Cancelled: 1, Abandoned: 1}, "S2": {Begun: 1}}
	same(t, "since then", uses(now), want)
	want["S1"] = app.StationUse{Begun: 6, Through: 3, Asked: 1, Cancelled: 1, Abandoned: 1}
	same(t, "since before", uses(later(-1)), want)
	same(t, "later on", uses(later(1)), map[app.StationID]app.StationUse{"S2": {Begun: 1}})
}
