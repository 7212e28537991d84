package port

import (
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
)

// StationRecord is a station at rest.
type StationRecord struct {
	ID        app.StationID
	Name      string
	Key       []byte    // Ed25519, public; empty until it has enrolled
	CodeHash  []byte    // keyed hash of its one-time code; unique
	CodeEnds  time.Time // its last instant is still good
	Invited   time.Time
	InvitedBy string
	Enrolled  time.Time // zero until then
	Used      time.Time // the last time, to app.StationUseSpan; zero for never
	Paused    time.Time // since when; zero for not
	Revoked   time.Time // zero for not
	// ClockAhead is by how much its clock was ahead of the server's at ClockAt; negative: behind. Zero for never seen.
	ClockAhead time.Duration
	ClockAt    time.Time
}

// StationReportRecord is the last report of a station at rest. Its times are the server's.
type StationReportRecord struct {
	ID     app.StationID
	At     time.Time // when it came
	Server string    // the server's own version then
	Report app.StationReport
}

// Station is the record as administrators see it: without key and code.
func (r StationRecord) Station() app.Station {
	return app.Station{
		ID: r.ID, Name: r.Name, Invited: r.Invited, InvitedBy: r.InvitedBy, CodeEnds: r.CodeEnds, Enrolled: r.Enrolled, Used: r.Used,
		Paused: r.Paused, Revoked: r.Revoked,
	}
}

// CodeGood reports whether the one-time code can still be used. One that is to be made yet can't: the clock was put back.
func (r StationRecord) CodeGood(now time.Time) bool {
	return r.Revoked.IsZero() && !now.After(r.CodeEnds) && !r.Invited.After(now.Add(Skew))
}

// StationTx keeps stations. A station that was there is never deleted: the audit trail names it.
type StationTx interface {
	Station(id app.StationID) (StationRecord, error)
	StationByCode(hash []byte) (StationRecord, error)
	// Stations lists all by name, and those of one name by their invitation.
	Stations() ([]StationRecord, error)
	// PutStation inserts or replaces.
	PutStation(r StationRecord) error
	// StationReports lists the last report of each station that has sent one.
	StationReports() ([]StationReportRecord, error)
	// PutStationReport inserts or replaces the one of its station.
	PutStationReport(r StationReportRecord) error
	// StationUses counts, by the audit trail, how each station was used since a time; one that was not is left out.
	StationUses(since time.Time) (map[app.StationID]app.StationUse, error)
}

// ReadStations gives all stations by name, each that has enrolled with how it is at now. It needs nothing that is sealed.
func ReadStations(tx StationTx, now time.Time) ([]app.Station, error) {
	uses, err := tx.StationUses(now.Add(-app.StationUseDay))
	if err != nil {
		return nil, err
	}
	return readStations(tx, uses, now)
}

// SilentStations counts those that are silent (app.FaultSilent) at now.
func SilentStations(tx StationTx, now time.Time) (silent int, err error) {
	all, err := readStations(tx, nil, now)
	for _, s := range all {
		if slices.Contains(s.FaultsAt(now), app.FaultSilent) {
			silent++
		}
	}
	return silent, err
}

func readStations(tx StationTx, uses map[app.StationID]app.StationUse, now time.Time) ([]app.Station, error) {
	records, err := tx.Stations()
	if err != nil {
		return nil, err
	}
	reports, err := tx.StationReports()
	if err != nil {
		return nil, err
	}
	last := make(map[app.StationID]StationReportRecord, len(reports))
	for _, r := range reports {
		last[r.ID] = r
	}
	var all []app.Station
	for _, r := range records {
		s := r.Station()
		if !r.Enrolled.IsZero() {
			said := last[r.ID]
			s.Health = &app.StationHealth{
				Report: said.Report, Reported: said.At, Server: said.Server, ClockAhead: r.ClockAhead, ClockAt: r.ClockAt, Use: uses[r.ID],
			}
			s.Health.Faults = s.FaultsAt(now)
		}
		all = append(all, s)
	}
	return all, nil
}
