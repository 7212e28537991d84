package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// CredentialRecord is a registered credential at rest.
type CredentialRecord struct {
	ID       app.CredentialID
	Account  app.AccountID
	Kind     app.Kind
	Variant  string // what tells it from others of its kind, of which there may be one each; or empty
	Secret   []byte // the method's own, sealed at rest
	Handle   []byte // keyed hash of what no two credentials may share; nil for nothing
	Masked   string // sealed at rest
	Address  string // where its owner is told about changes; sealed at rest, found by the keyed index
	Added    time.Time
	LastUsed time.Time
	UsableAt time.Time // when it may first serve a reset (cooling-off)
	Default  bool      // the person wants to be asked for this one when signing in; one at most
	Own      bool      // its owner registered it, in a flow of their own
	Settled  bool      // enough methods were registered while it was there: what is added beside it has to cool off

	Entered   time.Time // when an administrator entered it beforehand; zero where its owner registered it
	Confirmed time.Time // when a code first proved one that was entered; until then it counts for nothing
}

// Counts reports whether the credential is its owner's for sure: registered, or entered and confirmed.
func (r CredentialRecord) Counts() bool { return r.Entered.IsZero() || !r.Confirmed.IsZero() }

// MostPadding is how many rows of nobody a store keeps to be read in place of somebody's.
const MostPadding = 12

// CredentialTx keeps credentials.
type CredentialTx interface {
	// Credentials lists an account's, oldest first.
	Credentials(account app.AccountID) ([]CredentialRecord, error)
	// CredentialsAmong lists an account's too, and reads as many rows as make n with them, so that the time does not tell how
	// many there are. Of an account that has more it reads them all; n is at most MostPadding.
	CredentialsAmong(account app.AccountID, n int) ([]CredentialRecord, error)
	// Holders lists the accounts that have a credential, in the order of their IDs.
	Holders() ([]app.AccountID, error)
	PutCredential(r CredentialRecord) error
	DeleteCredential(id app.CredentialID) error
	// CredentialsByAddress finds the credentials that hold an address, by the keyed index.
	CredentialsByAddress(kind app.Kind, address string) ([]CredentialRecord, error)
	// CredentialByHandle finds the one that has a handle; ErrNotFound when there is none.
	CredentialByHandle(handle []byte) (CredentialRecord, error)
	// AnyCredential reports whether anybody has one of a kind.
	AnyCredential(kind app.Kind) (bool, error)
}
