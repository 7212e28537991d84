package port

// Chain computes the hash chain of the audit trail.
type Chain interface {
	// Link numbers e after head and hashes it; head is a zero entry at the beginning.
	Link(head, e AuditEntry) AuditEntry
}
