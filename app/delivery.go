package app

import (
	"context"
	"time"
)

// Delivery is how far a message has come. The set is closed; empty where nothing is told.
type Delivery string

// The deliveries.
const (
	DeliveryOnItsWay    Delivery = "on_its_way"  // nobody has taken it yet
	DeliveryLate        Delivery = "late"        // and that takes longer than usual
	DeliveryTaken       Delivery = "taken"       // a provider has taken it
	DeliveryArrived     Delivery = "arrived"     // and said that it reached its receiver
	DeliveryUndelivered Delivery = "undelivered" // or that it never will
	DeliveryGivenUp     Delivery = "given_up"    // nobody took it, and it is not tried again
)

// Deliveries are all that there are.
var Deliveries = []Delivery{
	DeliveryOnItsWay, DeliveryLate, DeliveryTaken, DeliveryArrived, DeliveryUndelivered, DeliveryGivenUp,
}

// Waits reports whether nobody has taken the message, and somebody may.
func (d Delivery) Waits() bool { return d == DeliveryOnItsWay || d == DeliveryLate }

// Failed reports whether the message will never arrive.
func (d Delivery) Failed() bool { return d == DeliveryUndelivered || d == DeliveryGivenUp }

// MessageTrace is what became of a message to somebody: neither what it said nor where to.
type MessageTrace struct {
	ID       string // stands in a mail's Message-ID; empty for one of long ago
	At       time.Time
	Channel  Kind
	Template MessageID
	Delivery Delivery // since At
	Provider string   // who took it; empty for nobody, or where that was not told
	Receipt  string   // by which that provider finds it
	Said     []string // the last that each provider said, in codes: "mx1.example.org:587 recipient 550 5.1.1"
	Flow     FlowID   // the conversation that it was sent in, as the audit trail has it; empty for none
}

// MostTraces is how many messages of somebody are told of at most.
const MostTraces = 100

// Messages tells administrators what became of messages.
type Messages interface {
	// MessagesOf lists what became of the last messages to a user ID, newest first. CodeUnknown when nobody has it.
	MessagesOf(ctx context.Context, userID string) ([]MessageTrace, error)
}
