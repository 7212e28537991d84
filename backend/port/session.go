package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// SessionRecord is a session at rest.
type SessionRecord struct {
	ID             app.SessionID
	Account        app.AccountID
	Flow           app.FlowID
	AccessHash     []byte // SHA-256
	AccessExpires  time.Time
	RefreshHash    []byte // SHA-256
	RefreshExpires time.Time
	PreviousHash   []byte // the refresh token that was rotated away last
	Used           bool   // the present pair was used since it was given
	Generation     int    // of the refresh token: each that is rotated away leaves one more behind
	Created        time.Time
	ProvenAt       time.Time  // the last fresh proof; zero for none since it was opened by an older version
	ProvenBy       app.Kind   // the method of that proof; empty for the password alone
	ByPass         bool       // opened by a pass: it can register, and nothing else
	Stamp          string     // the directory's when it was opened; empty where it is to be taken from the next look
	Owed           app.FlowID // which takes the new tokens, since the session's level rose and the ones before are dead
	Ended          time.Time  // zero while it is good
}

// Live reports whether the session is good. One that is to be opened yet is none: the clock was put back.
func (r SessionRecord) Live(now time.Time) bool {
	return r.Ended.IsZero() && !now.After(r.RefreshExpires) && !r.Created.After(now.Add(Skew))
}

// Skew is how far the clocks of servers that share a store may be apart.
const Skew = time.Minute

// SessionTx keeps sessions.
type SessionTx interface {
	Session(id app.SessionID) (SessionRecord, error)
	SessionByAccess(hash []byte) (SessionRecord, error)
	// SessionByRefresh finds by the present or the previous refresh token.
	SessionByRefresh(hash []byte) (SessionRecord, error)
	SessionByFlow(id app.FlowID) (SessionRecord, error)
	PutSession(r SessionRecord) error
	// EndSessions ends every session of the account and returns how many.
	EndSessions(account app.AccountID, at time.Time) (int, error)
	// EndExpiredSessions ends, at a time, those whose refresh token expired before t, and takes the access tokens that did; it returns
	// how many sessions it ended.
	EndExpiredSessions(t, at time.Time) (int, error)
	// DropSessions deletes those whose refresh token expired, or that ended, before t.
	DropSessions(t time.Time) (int, error)
}
