package app

import (
	"context"
	"time"
)

// MessageID names the text of a message; translations are keyed "message.<id>.subject" and ".body".
type MessageID string

// The messages.
const (
	MessageCode             MessageID = "code"              // Params: minutes; Code
	MessageCall             MessageID = "call"              // asks to type on the telephone what the page shows. Params: minutes; Call
	MessageMethodAdded      MessageID = "method_added"      // Params: kind
	MessageMethodReplaced   MessageID = "method_replaced"   // Params: kind
	MessageDefaultSet       MessageID = "default_set"       // Params: kind
	MessageMethodRemoved    MessageID = "method_removed"    // Params: kind
	MessageSignedInAlone    MessageID = "signed_in_alone"   // by the password, soon after the other methods were deleted
	MessageKeyStoodIn       MessageID = "key_stood_in"      // two other methods stood in for the security key
	MessagePasswordChanged  MessageID = "password_changed"  // nothing that a stranger could use
	MessageUnlocked         MessageID = "unlocked"          // nothing that a stranger could use
	MessageAdminReset       MessageID = "admin_reset"       // to the other administrators. Params: name
	MessageContactConfirmed MessageID = "contact_confirmed" // to the work mailbox: one that was entered beforehand. Params: kind
	MessageTokenMade        MessageID = "token_made"        // to the administrators. Params: name, may
	MessagePassIssued       MessageID = "pass_issued"       // Params: desk, the help desk's name
	MessagePassUsed         MessageID = "pass_used"         // nothing that a stranger could use
	MessageSessionStolen    MessageID = "session_stolen"    // nothing that a stranger could use
	MessageHelpRequest      MessageID = "help_request"      // Params: receipt, user_id, reason
	MessageResetRefused     MessageID = "reset_refused"     // to the help desk, in private disclosure. Params: user_id, reason
	MessageResetTried       MessageID = "reset_tried"       // to the owner, but not to the work mailbox. Params: reason
	MessageResetByKey       MessageID = "reset_by_key"      // the same, while a security key alone leads on. Params: reason
	MessageHelpReceived     MessageID = "help_received"     // to the person's work mailbox. Params: receipt
	MessageFrozen           MessageID = "frozen"            // self-service is frozen, since somebody objected. Params: event, a MessageID
	MessageUnfrozen         MessageID = "unfrozen"          // two older methods were proven, and lifted that
	MessageUnfrozenByDesk   MessageID = "unfrozen_by_desk"  // the help desk lifted that. Params: desk, its name
	MessageTest             MessageID = "test"              // an administrator tries whether messages arrive
)

// Message is what the organisation sends to a person or the help desk, through the outbox.
type Message struct {
	ID       string // the outbox's row
	Channel  Kind   // KindEmail, KindSMS or KindVoice
	To       string
	For      Addressee // who is to get it, while To is not known; empty: To says it
	Template MessageID
	Params   map[string]string
	Code     string // the one-time code, when the message carries one
	Link     string // by which the receiver says that it wasn't them (ObjectionPath); empty where there is nothing to object to
	Call     string // under which what is typed during a call is reported; empty when the call asks for nothing
	Country  string // of the number, ISO 3166-1 alpha-2 or "001" for a number of no country; empty for mail
	At       time.Time
	Expires  time.Time // from when on it is pointless, as its code is dead; zero: never
}

// Addressee is who is to get a message whose address the directory has, which could not be asked for it.
type Addressee string

// The addressees.
const (
	ForOwner          Addressee = "owner"          // the account's work mailbox
	ForAdministrators Addressee = "administrators" // those of the administrators, but for the account's own
)

// Tray is the trial's message tray: it shows each message that the organisation would have sent.
type Tray interface {
	// Messages lists them, oldest first.
	Messages() []Message
	// Changed is closed and replaced whenever there is a new one.
	Changed() <-chan struct{}
	// Type types digits on the telephone during a call: the message's Call. An *Error says that they were not the ones, or
	// that the call is over.
	Type(ctx context.Context, call string, digits Secret) error
}
