package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// FlowRecord is a flow at rest.
type FlowRecord struct {
	ID           app.FlowID
	Purpose      app.Purpose
	Rev          int
	Account      app.AccountID // empty until known
	TokenHash    []byte        // SHA-256 of the flow's token
	StartKey     []byte        // SHA-256 of the idempotency key that started it; unique
	State        []byte        // the backend's own, sealed at rest
	LastKey      []byte        // SHA-256 of the idempotency key of the last input
	LastInput    []byte        // keyed hash of that input, to tell a repeat from another
	LastAnswer   []byte        // how it was answered when it was refused, sealed at rest; nil otherwise
	Support      string
	Created      time.Time
	Expires      time.Time
	Ended        time.Time // zero while it goes on
	OriginStn    string
	OriginID     app.StationID // the enrolled station where it began; empty for none
	OriginNet    string
	PendingSince time.Time // a password write that the directory has not confirmed; zero when none
	LeasedBy     string    // the server that waits for the directory's answer to the write
	LeasedUntil  time.Time // no other may conclude what came of the write before; zero for no lease
}

// FlowTx keeps flows.
type FlowTx interface {
	Flow(id app.FlowID) (FlowRecord, error)
	FlowByStartKey(hash []byte) (FlowRecord, error)
	FlowByToken(hash []byte) (app.FlowID, error) // whose token it is is asked with each request
	// PutFlow inserts or replaces.
	PutFlow(r FlowRecord) error
	// EndFlows ends every open flow of the account but one, and returns how many.
	EndFlows(account app.AccountID, but app.FlowID, at time.Time) (int, error)
	// PendingFlows lists flows whose password write is not confirmed.
	PendingFlows() ([]FlowRecord, error)
	// PendingFlowsOf lists those of an account.
	PendingFlowsOf(account app.AccountID) ([]FlowRecord, error)
	// ExpiredFlows lists open flows that expired before t and have no pending write.
	ExpiredFlows(t time.Time) ([]FlowRecord, error)
	// DropFlows deletes flows that expired before t and have no pending write, and returns how many.
	DropFlows(t time.Time) (int, error)
}
