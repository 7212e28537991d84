package port

import (
	"time"

	"github.com/sparekey/sparekey/app"
)

// Unaddressed is the channel of messages whose address is to be found out (app.Message.For), which the directory is asked for. They have
// lanes of their own, so that a directory that is away holds up no mail.
const Unaddressed app.Kind = "directory"

// OutboxRecord is a message that must go out.
type OutboxRecord struct {
	ID        string
	Account   app.AccountID
	Message   app.Message // sealed at rest
	Created   time.Time
	Due       time.Time // not before
	Expires   time.Time // pointless after (a code's lifetime); zero never
	Leased    time.Time // until then somebody is at it
	Turn      int64     // the number of that lease among all; 0 for none yet
	Urgent    bool      // somebody waits for it: a code
	Attempts  int
	Uncounted bool       // a provider may have it: sending it again costs another text or call, which is not counted yet
	Delivered time.Time  // zero until then
	Failed    time.Time  // given up
	Flow      app.FlowID // the conversation that it is sent in; empty for none
	Provider  string     // who took it, and under which receipt, as in the Attempt; empty where that was not told
	Receipt   string
	// What the provider said later: at most one of the two.
	Arrived     time.Time
	Undelivered time.Time
}

// Forget drops what a message says and to whom, once it has left or never will.
func (r *OutboxRecord) Forget() {
	r.Message = app.Message{ID: r.ID, Channel: r.Message.Channel, Template: r.Message.Template}
}

// Lease says what a worker takes out of the outbox.
type Lease struct {
	Now, Until time.Time
	N          int        // how many messages at most
	PerAccount int        // how many urgent ones, and how many others, an account may have out at once by these channels; 0 for any number
	Channels   []app.Kind // of which channels; none for all
}

// OutboxTx keeps the outbox.
type OutboxTx interface {
	Enqueue(r OutboxRecord) error
	// EnqueueLeased is Enqueue, and leases the message until then, unless one of its account that is as urgent, by one of these
	// channels, waits or is on its way: it must not overtake. The record comes back as it stands; not Leased where it waits.
	EnqueueLeased(r OutboxRecord, until time.Time, channels []app.Kind) (OutboxRecord, error)
	// Lease leases messages that are due and not leased. What is urgent comes first, and among that accounts take turns: the
	// next message is one of the account whose last lease was the longest ago, the longest due first. So nobody's messages,
	// however many, hold up another's for longer than one of theirs takes. What it takes is read, and what is out, however many wait. A message
	// whose lease ran out comes Uncounted: nobody knows whether it was sent.
	Lease(l Lease) ([]OutboxRecord, error)
	// Outbox gives a message by its ID; ErrNotFound when there is none, or none any more.
	Outbox(id string) (OutboxRecord, error)
	PutOutbox(r OutboxRecord) error
	// OutboxByReceipt gives the last message that a provider took under a receipt; ErrNotFound when there is none, or none any more.
	OutboxByReceipt(provider, receipt string) (OutboxRecord, error)
	// WaitingOutbox lists the messages of an account that are neither delivered nor given up, oldest first.
	WaitingOutbox(account app.AccountID) ([]OutboxRecord, error)
	// NextDue is when the next undelivered message is due or its lease runs out; ErrNotFound when there is none.
	NextDue() (time.Time, error)
	// HurryOutbox makes what waits, and is due later than t or leased until later than Skew after it, due at t, and returns how
	// many messages.
	HurryOutbox(t time.Time) (int, error)
	// DropOutbox deletes what was delivered or given up before t, and sees to it that nothing waits for what is not there any more.
	DropOutbox(t time.Time) (int, error)
}
