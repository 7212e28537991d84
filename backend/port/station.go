package port

import (
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
}
