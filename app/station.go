package app

import (
	"context"
	"crypto/ed25519"
	"time"
)

// StationID names an enrolled station, for good.
type StationID string

// Station is a workstation or kiosk that the server knows by its key, or has invited.
type Station struct {
	ID        StationID
	Name      string // as administrators call it; no other that is not revoked has it
	Invited   time.Time
	InvitedBy string
	CodeEnds  time.Time      // the last instant of its one-time code
	Enrolled  time.Time      // zero while it is only invited
	Used      time.Time      // the last time, to StationUseSpan; zero for never
	Paused    time.Time      // since when; zero for not
	Revoked   time.Time      // zero for not
	Health    *StationHealth // as ListStations gives it of one that has enrolled; nil elsewhere
}

// StationUseSpan is how exactly a station's last use is known.
const StationUseSpan = 10 * time.Minute

// MaxStationName is how many characters a station's name may have.
const MaxStationName = 64

// StationInvited is an invitation as it is shown, once.
type StationInvited struct {
	Station Station
	Code    Secret // as ReadPass gives it
}

// Shown is the code as people read it: "7Q4M-XD0K-92TB".
func (i StationInvited) Shown() Secret { return Pass{Code: i.Code}.Shown() }

// StationChange is what an administrator does to a station.
type StationChange string

// The changes.
const (
	StationPause  StationChange = "pause"  // what it signs is refused
	StationResume StationChange = "resume" // after a pause
	StationRevoke StationChange = "revoke" // for good: the station enrols again, as another
	StationRename StationChange = "rename"
)

// ChangeStation asks for a change.
type ChangeStation struct {
	ID   StationID
	What StationChange
	Name string // the new one, where What is StationRename
	By   string // who asks, for the audit trail
}

// Stations are the workstations and kiosks that the server knows.
type Stations interface {
	// ListStations lists all, revoked ones too, by name, and says how each is.
	ListStations(ctx context.Context) ([]Station, error)
	// InviteStation makes a one-time code for a station of a name. CodeStationName when the name is malformed or another has it.
	InviteStation(ctx context.Context, name, by string) (StationInvited, error)
	// ChangeStation does one thing to one station. CodeNoStation when there is none; CodeStationName; CodeStationRevoked when it
	// is revoked.
	ChangeStation(ctx context.Context, c ChangeStation) (Station, error)
}

// EnrolStation asks for a station to be enrolled.
type EnrolStation struct {
	Code  Secret // as it is typed
	Key   ed25519.PublicKey
	Proof []byte // that the station holds the private key: an Ed25519 signature of StationProof
}

// StationProof is what a station signs as it enrols: it proves that the key is the station's, for this code and nothing else.
// code is as ReadPass gives it.
func StationProof(code Secret, key ed25519.PublicKey) []byte {
	return append([]byte("sparekey station enrolment 1\x00"+code.Reveal()+"\x00"), key...)
}

// StationKey is what the server knows of who signs a request.
type StationKey struct {
	ID   StationID
	Name string
	Key  ed25519.PublicKey
	// Refusal is why what it signs is not taken, to be told to who has the key alone: CodeStationPaused or CodeStationRevoked;
	// empty where it is.
	Refusal Code
}

// StationDoor is where stations come in.
type StationDoor interface {
	// EnrolStation enrols the station that a code invites. The same code and key again are answered alike, since an answer may
	// have been lost; CodeStationCode where the code is wrong, over, or another's by now, and where the proof does not hold.
	EnrolStation(ctx context.Context, e EnrolStation) (Station, error)
	// OwnStation gives the station that asks; CodeNoStation where it is none that has enrolled.
	OwnStation(ctx context.Context) (Station, error)
	// StationKey gives an enrolled station; CodeStationUnknown where there is none.
	StationKey(ctx context.Context, id StationID) (StationKey, error)
	// StationHeard notes that a station has signed a request, and by how much its clock is ahead (negative: behind): to
	// StationUseSpan. taken is false where the request is refused for the clock alone.
	StationHeard(ctx context.Context, id StationID, ahead time.Duration, taken bool)
	// ReportStation keeps what the station that asks says of itself, in place of what it said before. CodeNoStation where it is none
	// that has enrolled; CodeThrottled when it reports too often.
	ReportStation(ctx context.Context, r StationReport) error
}
