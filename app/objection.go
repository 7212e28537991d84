package app

import (
	"context"
	"strings"
	"time"
)

// A notice to a person about their own account carries a link to a page of the server: its base URL, ObjectionPath, and a token of
// ObjectionLength characters of ObjectionAlphabet, 128 random bits. It is good for ObjectionLife after what it tells of, and it is
// short, so that a text which carries it stays one.
const (
	ObjectionPath     = "/n/"
	ObjectionAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz" // nothing in it looks like another
	ObjectionLength   = 22
	ObjectionLife     = 7 * 24 * time.Hour
)

// ReadObjection gives the token in a link; false where it is none.
func ReadObjection(link string) (token Secret, is bool) {
	_, rest, is := strings.Cut(link, ObjectionPath)
	return NewSecret(rest), is && len(rest) == ObjectionLength && strings.Trim(rest, ObjectionAlphabet) == ""
}

// Objectable are the notices that a person may object to: each tells of something that was done with their account.
var Objectable = []MessageID{
	MessageMethodAdded, MessageMethodReplaced, MessageDefaultSet, MessageMethodRemoved, MessageSignedInAlone, MessageKeyStoodIn,
	MessagePasswordChanged, MessageUnlocked, MessageContactConfirmed, MessagePassIssued, MessagePassUsed, MessageSessionStolen,
	MessageUnfrozen,
}

// Objection is what a link in a notice stands for.
type Objection struct {
	Event MessageID // the notice that carried it
	At    time.Time // when that happened
	Spent time.Time // when somebody said that it wasn't them, or a lift ended the link; zero until then
	Over  bool      // the freeze was lifted since: the link changes nothing any more
	Alone bool      // it was made just now, and nobody at the help desk could be told
}

// Objections let people say "this wasn't me". Who has a link needs nothing else.
type Objections interface {
	// Objection reads what a token stands for, and changes nothing. CodeNoObjection when that is nothing, or its time is over.
	Objection(ctx context.Context, token Secret) (Objection, error)
	// Object freezes the self-service of the account that the token's event belongs to, and tells the help desk and its owner.
	// Where somebody has said so already, or a freeze was lifted since, it changes nothing, and gives when that was.
	Object(ctx context.Context, token Secret) (Objection, error)
}

// Freeze says that an account's self-service is frozen.
type Freeze struct {
	Since  time.Time
	Event  MessageID // that was objected to first
	Before time.Time // what its owner registered before then can lift it; zero: nothing can
}

// Standing is how somebody stands with Sparekey.
type Standing struct {
	Person     Person
	Admin      bool
	Registered int     // methods that count
	Freeze     *Freeze // nil where self-service is not frozen
}

// Unfreeze asks to lift a freeze.
type Unfreeze struct {
	UserID string
	Reason string // for the audit trail: one line of at most MaxUnfreezeReason characters
	By     string // who asks, for the audit trail
}

// MaxUnfreezeReason is how many characters a reason may have.
const MaxUnfreezeReason = 200

// Accounts are people's standing with Sparekey, whichever directory they are in, for whoever runs the help desk.
type Accounts interface {
	// Standing looks somebody up; CodeUnknown when nobody has the user ID.
	Standing(ctx context.Context, userID string) (Standing, error)
	// Unfreeze lifts a freeze; the person is told on every channel. CodeNotFrozen where there is none; CodeFreezeReason where the
	// reason is none.
	Unfreeze(ctx context.Context, u Unfreeze) (Person, error)
}
