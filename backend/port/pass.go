package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// PassRecord is an account's Temporary Access Pass at rest. An account has one: a new one takes its place.
type PassRecord struct {
	Account  app.AccountID
	Hash     []byte // keyed hash of account and pass
	Created  time.Time
	Expires  time.Time  // its last instant is still good
	Used     time.Time  // zero until then
	Flow     app.FlowID // that it signed in
	IssuedBy string
	Desk     bool // handed over at a setup desk
}

// Good reports whether the pass can still be used. One that is to be issued yet can't: the clock was put back.
func (r PassRecord) Good(now time.Time) bool {
	return r.Used.IsZero() && !now.After(r.Expires) && !r.Created.After(now.Add(Skew))
}

// PassTx keeps passes.
type PassTx interface {
	// Pass gives the account's; ErrNotFound when it has none.
	Pass(account app.AccountID) (PassRecord, error)
	PutPass(r PassRecord) error
	// DeletePass deletes the account's, and returns how many there were.
	DeletePass(account app.AccountID) (int, error)
	// DropPasses deletes those that expired before t.
	DropPasses(t time.Time) (int, error)
}

// ConfirmTx keeps when people have last said that what they registered is right.
type ConfirmTx interface {
	// Confirmed gives when the account has; zero when never.
	Confirmed(account app.AccountID) (time.Time, error)
	PutConfirmed(account app.AccountID, at time.Time) error
}
