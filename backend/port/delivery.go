package port

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
)

// How a delivery fails where that decides what is done next. Any other failure is trouble of who was asked: it is tried again, and
// elsewhere.
var (
	// ErrUndeliverable is a failure that trying again does not mend, here or elsewhere: there is no such mailbox.
	ErrUndeliverable = errors.New("undeliverable")
	// ErrIncapable says that a provider can't carry this message, or won't; another one may.
	ErrIncapable = errors.New("this provider does not carry the message")
	// ErrBusy says that a provider was not asked, as all that Sparekey may do with it at once is going on. It may be well.
	ErrBusy = errors.New("no more at once")
	// ErrUnanswered says that a provider may have taken the message: its answer was lost. Trying again may deliver it twice, unless who
	// was asked is a Knower.
	ErrUnanswered = errors.New("the answer was lost")
)

// Deliverer carries a message out. nil means that the next hop has taken it. It may be asked twice for the same
// message (m.ID) after a crash. Its errors are logged: they hold no address, no content, and nothing that a peer said freely.
type Deliverer interface {
	Deliver(ctx context.Context, m app.Message) error
}

// Knower is a Deliverer that may know a message by its ID where it comes again, and then carries it once.
type Knower interface {
	// Knows reports whether it does.
	Knows() bool
}

// callTakes is how long a call's code takes to be heard and typed.
const callTakes = 30 * time.Second

// CallBy is until when a call whose code is good until then may be picked up, and speak: nobody is told a code that is dead before it is
// typed. Zero where it is good for ever.
func CallBy(expires time.Time) time.Time {
	if expires.IsZero() {
		return expires
	}
	return expires.Add(-callTakes)
}

// Attempt is what came of asking one provider. It holds no address and no content.
type Attempt struct {
	Provider string // its name in the settings, and its server
	Outcome  string // a code: "taken", or why not
	Receipt  string // by which the provider finds the message in its log; empty: it gave none
	Awaited  bool   // its answer was lost, and it says within seconds whether it has taken the message, as a Receipt
}

// Taken is the outcome of an attempt that ended well.
const Taken = "taken"

// Receipt is what a provider said later of a message that it had taken.
type Receipt struct {
	Provider string // as in the Attempt that took it
	ID       string // that Attempt's Receipt
	Message  string // the message's own ID, where the provider tells it: by it a message is known whose answer was lost
	Taken    bool   // it has the message, and nothing more is known yet
	Arrived  bool   // it reached the receiver; unless Taken, it never will otherwise
	Reason   string // a code of the provider's where it never will, such as "30003"; never free words
}

// Receipts takes in what providers say later.
type Receipts interface {
	// TakeReceipt notes a receipt; ErrNotFound for a message that nobody knows, or no more. One that comes again changes nothing.
	TakeReceipt(ctx context.Context, r Receipt) error
}

type attemptsKey struct{}

// WithAttempts has what is delivered under the context tell each attempt as it ends, from one goroutine at a time.
func WithAttempts(ctx context.Context, tell func(Attempt)) context.Context {
	return context.WithValue(ctx, attemptsKey{}, tell)
}

// TellAttempt tells an attempt to who delivers under the context, if they want to know.
func TellAttempt(ctx context.Context, a Attempt) {
	if tell, is := ctx.Value(attemptsKey{}).(func(Attempt)); is {
		tell(a)
	}
}

// Sealer encrypts what the store keeps: envelope encryption (AES-256-GCM under data keys that a master key wraps).
type Sealer interface {
	// Seal encrypts; the result names the data key. The associated data binds it to its place, e.g. "flow.state|ID".
	Seal(plain []byte, place string) ([]byte, error)
	// Open decrypts what Seal made for the same place.
	Open(sealed []byte, place string) ([]byte, error)
	// Refresh takes over what another process did to the keys; what it can't read it does not go on without.
	Refresh() error
	// Current reports whether a value is sealed under the key that Seal seals under.
	Current(sealed []byte) bool
	// Index is a keyed hash (HMAC-SHA-256) by which a value can be found and not read; purpose keeps indexes apart.
	Index(purpose, value string) []byte
}
