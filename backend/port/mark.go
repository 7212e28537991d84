package port

// MarkTx keeps what must be known at the next start.
type MarkTx interface {
	// Mark gives what was put under a name; empty for nothing.
	Mark(name string) (string, error)
	PutMark(name, value string) error
}
