package port

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
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
	CounterTx
	OutboxTx
	AuditTx
	HelpTx
	MarkTx
	PolicyTx
}

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
	OriginNet    string
	PendingSince time.Time // a password write that the directory has not confirmed; zero when none
	LeasedBy     string    // the server that waits for the directory's answer to the write
	LeasedUntil  time.Time // no other may conclude what came of the write before; zero for no lease
}

// FlowTx keeps flows.
type FlowTx interface {
	Flow(id app.FlowID) (FlowRecord, error)
	FlowByStartKey(hash []byte) (FlowRecord, error)
	FlowByToken(hash []byte) (FlowRecord, error)
	// PutFlow inserts or replaces.
	PutFlow(r FlowRecord) error
	// EndFlows ends every open flow of the account but one, and returns how many.
	EndFlows(account app.AccountID, but app.FlowID, at time.Time) (int, error)
	// PendingFlows lists flows whose password write is not confirmed.
	PendingFlows() ([]FlowRecord, error)
	// ExpiredFlows lists open flows that expired before t and have no pending write.
	ExpiredFlows(t time.Time) ([]FlowRecord, error)
	// DropFlows deletes flows that expired before t and have no pending write, and returns how many.
	DropFlows(t time.Time) (int, error)
}

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
	Created        time.Time
	ProvenAt       time.Time // the last fresh proof; zero for none since it was opened by an older version
	ProvenBy       app.Kind  // the method of that proof; empty for the password alone
	ByPass         bool      // opened by a pass: it can register, and nothing else
	Ended          time.Time // zero while it is good
}

// Live reports whether the session is good.
func (r SessionRecord) Live(now time.Time) bool {
	return r.Ended.IsZero() && !now.After(r.RefreshExpires)
}

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
	// DropSessions deletes those whose refresh token expired, or that ended, before t.
	DropSessions(t time.Time) (int, error)
}

// Counter is one throttle's or lock's memory.
type Counter struct {
	Key    string    // "purpose:subject", the subject a keyed hash where it is personal
	Count  int       // within the window
	Since  time.Time // when the window began
	Until  time.Time // locked until then
	TAT    time.Time // theoretical arrival time of a GCRA
	Expiry time.Time // when the row may be dropped
}

// CounterTx keeps counters; an unknown key gives a zero Counter with that key and no error.
type CounterTx interface {
	Counter(key string) (Counter, error)
	PutCounter(c Counter) error
	DropCounters(t time.Time) (int, error)
}

// OutboxRecord is a message that must go out.
type OutboxRecord struct {
	ID        string
	Account   app.AccountID
	Message   app.Message // sealed at rest
	Created   time.Time
	Due       time.Time // not before
	Expires   time.Time // pointless after (a code's lifetime); zero never
	Leased    time.Time // until then somebody is at it
	Attempts  int
	Delivered time.Time // zero until then
	Failed    time.Time // given up
}

// OutboxTx keeps the outbox.
type OutboxTx interface {
	Enqueue(r OutboxRecord) error
	// Lease takes up to n messages that are due at now and not leased, and leases them until then.
	Lease(now, until time.Time, n int) ([]OutboxRecord, error)
	PutOutbox(r OutboxRecord) error
	// NextDue is when the next undelivered message is due or its lease runs out; ErrNotFound when there is none.
	NextDue() (time.Time, error)
	// DropOutbox deletes what was delivered or given up before t.
	DropOutbox(t time.Time) (int, error)
}

// AuditEntry is one line of the audit trail: who, what, when, from where, with which result. It holds no secret and no
// full address or number.
type AuditEntry struct {
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	Action  string    `json:"action"` // "reset.start", "reset.gate", "sign_in", …: docs/audit.md lists them
	Result  string    `json:"result"` // succeeded, failed, blocked, cancelled, abandoned, contacted_administrator
	Reason  string    `json:"reason,omitempty"`
	Account string    `json:"account,omitempty"`
	By      string    `json:"by,omitempty"` // who did it to the account, where that is somebody else
	Role    string    `json:"role,omitempty"`
	Method  string    `json:"method,omitempty"`
	Flow    string    `json:"flow,omitempty"`
	Support string    `json:"support,omitempty"`
	Station string    `json:"station,omitempty"`
	Network string    `json:"network,omitempty"`
	Prev    []byte    `json:"prev"` // hash of the entry before
	Hash    []byte    `json:"hash"` // over all of the above
}

// AuditTx keeps the audit trail; package audit computes the chain, the store commits it.
type AuditTx interface {
	// AuditHead gives the last entry; a zero one when the trail is empty.
	AuditHead() (AuditEntry, error)
	AppendAudit(e AuditEntry) error
	// AuditFrom lists up to n entries from seq on.
	AuditFrom(seq int64, n int) ([]AuditEntry, error)
}

// HelpRequest is a person's request to an administrator.
type HelpRequest struct {
	Receipt string
	Account app.AccountID // or empty
	UserID  string        // as typed; sealed at rest
	Reason  app.Code
	Created time.Time
	Closed  time.Time // zero while it is open
}

// HelpTx keeps help requests.
type HelpTx interface {
	PutHelpRequest(r HelpRequest) error
	// OpenHelpRequest gives the account's open request; ErrNotFound when there is none.
	OpenHelpRequest(account app.AccountID) (HelpRequest, error)
}

// MarkTx keeps what must be known at the next start.
type MarkTx interface {
	// Mark gives what was put under a name; empty for nothing.
	Mark(name string) (string, error)
	PutMark(name, value string) error
}
