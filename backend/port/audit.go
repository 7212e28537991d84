package port

// Chain computes the hash chain of the audit trail.
type Chain interface {
	// Link numbers e after head and hashes it; head is a zero entry at the beginning.
	Link(head, e AuditEntry) AuditEntry
}

// Heads keeps signed heads of the audit trail, outside the store.
type Heads interface {
	// Sign keeps a head that names last, an entry that is durable in the store; a zero one stands for an empty trail.
	Sign(last AuditEntry) error
}
