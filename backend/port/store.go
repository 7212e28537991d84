package port

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound is the one expected failure of a look-up.
var ErrNotFound = errors.New("not found")

// ErrTampered says that somebody else changed how the store keeps what it keeps: it may undo what the program does.
var ErrTampered = errors.New("somebody changed how the store is made")

// Store keeps everything that the backend knows. What Update did is durable (synchronous=FULL) when it returns nil,
// whole or not at all; only one Update's function runs at a time. Updates that wait for each other may share a commit.
type Store interface {
	// View runs f on a consistent snapshot.
	View(ctx context.Context, f func(Tx) error) error
	// Update runs f in the one transaction that spans flow, counters, credentials, sessions, audit and outbox.
	// An error of f rolls back and is returned as it is.
	// Where it finds that somebody changed how the store is made, it does nothing and returns ErrTampered.
	Update(ctx context.Context, f func(Tx) error) error
	// UpdateAhead is Update that returns when everybody sees what f did, and a kill of the process takes it back no more: a power
	// failure may, until Flush or an Update that writes. It is for what would be done again then, by what is durable.
	UpdateAhead(ctx context.Context, f func(Tx) error) error
	// Flush returns once everything that View sees is durable.
	Flush() error
	// Join is Update for what nobody waits for: it takes part in the commit of the next Update, and makes one of its own after
	// the patience, or when ctx ends.
	Join(ctx context.Context, patience time.Duration, f func(Tx) error) error
	// Check looks whether the store is as the program made it; ErrTampered where it is not.
	Check(ctx context.Context) error
	Close() error
}

// Tx is what can be done in a transaction.
type Tx interface {
	// Round numbers the commits of this store, and reports whether all that the transaction finds was committed: it is the first of
	// its commit.
	Round() (number int64, first bool)
	FlowTx
	CredentialTx
	SessionTx
	PassTx
	ConfirmTx
	RegistrationTx
	CounterTx
	OutboxTx
	AuditTx
	HelpTx
	MarkTx
	PolicyTx
	StationTx
	TokenTx
	ObjectionTx
}
