package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// ObjectionRecord is the link that a notice to an account's owner carries, at rest. Who follows it can say that the event wasn't
// theirs. All messages about one event carry one link.
type ObjectionRecord struct {
	Hash    []byte // keyed hash of the link's token
	Account app.AccountID
	Event   app.MessageID // the notice that told of it
	At      time.Time     // when it happened
	Expires time.Time     // its last instant is still good
	Spent   time.Time     // when somebody objected, or a lift ended it; zero until then
}

// Good reports whether the link still says something. One that is to be sent yet does not: the clock was put back.
func (r ObjectionRecord) Good(now time.Time) bool {
	return !now.After(r.Expires) && !r.At.After(now.Add(Skew))
}

// FrozenRecord says that an account's self-service is frozen.
type FrozenRecord struct {
	Account app.AccountID
	Since   time.Time
	Event   app.MessageID // that was objected to first
	// Before is when the oldest event happened that was objected to: two methods that are older lift the freeze. Zero: the help desk
	// alone does.
	Before time.Time
}

// ObjectionTx keeps links by which people object, and what came of that.
type ObjectionTx interface {
	// Objection finds a link by its token's hash; ErrNotFound when there is none.
	Objection(hash []byte) (ObjectionRecord, error)
	// PutObjection inserts or replaces.
	PutObjection(r ObjectionRecord) error
	// SpendObjections has the account's links that nobody used be spent at t, and returns how many.
	SpendObjections(account app.AccountID, t time.Time) (int, error)
	// DropObjections deletes those that expired before t, and returns how many.
	DropObjections(t time.Time) (int, error)
	// Frozen gives the account's freeze; ErrNotFound when it is not frozen.
	Frozen(account app.AccountID) (FrozenRecord, error)
	// PutFrozen inserts or replaces.
	PutFrozen(r FrozenRecord) error
	// DeleteFrozen lifts the account's freeze, and returns how many there were.
	DeleteFrozen(account app.AccountID) (int, error)
}
