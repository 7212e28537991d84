package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

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
	// HurryOutbox makes what waits, and is due later than t or leased until later than Skew after it, due at t, and returns how
	// many messages.
	HurryOutbox(t time.Time) (int, error)
	// DropOutbox deletes what was delivered or given up before t.
	DropOutbox(t time.Time) (int, error)
}
