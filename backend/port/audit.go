package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

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
	// StationID is the enrolled station's, by whose key the request was signed; without one the name is what somebody says.
	StationID string `json:"station_id,omitempty"`
	Network   string `json:"network,omitempty"`
	Prev      []byte `json:"prev"` // hash of the entry before
	Hash      []byte `json:"hash"` // over all of the above
}

// AuditTx keeps the audit trail; package audit computes the chain, the store commits it.
type AuditTx interface {
	// AuditHead gives the last entry; a zero one when the trail is empty.
	AuditHead() (AuditEntry, error)
	AppendAudit(e AuditEntry) error
	// AuditFrom lists up to n entries from seq on.
	AuditFrom(seq int64, n int) ([]AuditEntry, error)
	// AuditOfMessages lists the last n entries on messages ("outbox.…") of an account, newest first.
	AuditOfMessages(account app.AccountID, n int) ([]AuditEntry, error)
}

// Chain computes the hash chain of the audit trail.
type Chain interface {
	// Link numbers e after head and hashes it; head is a zero entry at the beginning.
	Link(head, e AuditEntry) AuditEntry
	// Follows reports whether e stands behind head, unchanged since it was linked.
	Follows(head, e AuditEntry) bool
}

// Heads keeps signed heads of the audit trail, outside the store.
type Heads interface {
	// Sign keeps a head that names last, an entry that is durable in the store; a zero one stands for an empty trail.
	Sign(last AuditEntry) error
}
