package port

import (
	"context"
	"errors"
)

// ErrNotFound is the one expected failure of a look-up.
var ErrNotFound = errors.New("not found")

// Store keeps everything that the backend knows. What Update did is durable (synchronous=FULL) when it returns nil,
// whole or not at all; only one Update runs at a time.
type Store interface {
	// View runs f on a consistent snapshot.
	View(ctx context.Context, f func(Tx) error) error
	// Update runs f in the one transaction that spans flow, counters, credentials, sessions, audit and outbox.
	// An error of f rolls back and is returned as it is.
	Update(ctx context.Context, f func(Tx) error) error
	Close() error
}

// Tx is what can be done in a transaction.
type Tx interface {
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
}
