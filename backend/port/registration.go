package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// RegistrationRecord is what is known of an account's registrations, whatever became of what was registered.
type RegistrationRecord struct {
	Account app.AccountID
	// Settled is when the first registration was over: enough was registered, or something was deleted. Zero while it goes
	// on, or was never begun.
	Settled time.Time
	// AloneUntil is until when signing in by the password alone is told, since the last verification method was deleted.
	AloneUntil time.Time
}

// FormerChannel is where an account's owner was told about changes, and is told still for a while.
type FormerChannel struct {
	Account app.AccountID
	Kind    app.Kind
	Address string    // sealed at rest
	Until   time.Time // its last instant is still told
}

// RegistrationTx keeps what deleting credentials must not undo.
type RegistrationTx interface {
	// Registration gives the account's; one that was never put is zero but for the account.
	Registration(account app.AccountID) (RegistrationRecord, error)
	PutRegistration(r RegistrationRecord) error
	// FormerChannels lists those of an account that are told at now.
	FormerChannels(account app.AccountID, now time.Time) ([]FormerChannel, error)
	// PutFormerChannel adds one, or gives it another end. There is one of each kind and address.
	PutFormerChannel(c FormerChannel) error
	// DropFormerChannels deletes those that ended before t, and returns how many.
	DropFormerChannels(t time.Time) (int, error)
}
