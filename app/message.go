package app

import "time"

// MessageID names the text of a message; translations are keyed "message.<id>.subject" and ".body".
type MessageID string

// The messages.
const (
	MessageCode            MessageID = "code"             // Params: minutes; Code
	MessageMethodAdded     MessageID = "method_added"     // Params: kind
	MessageMethodRemoved   MessageID = "method_removed"   // Params: kind
	MessagePasswordChanged MessageID = "password_changed" // nothing that a stranger could use
	MessageUnlocked        MessageID = "unlocked"         // nothing that a stranger could use
	MessageAdminReset      MessageID = "admin_reset"      // to the other administrators. Params: name
	MessagePassIssued      MessageID = "pass_issued"      // Params: desk, the help desk's name
	MessagePassUsed        MessageID = "pass_used"        // nothing that a stranger could use
	MessageHelpRequest     MessageID = "help_request"     // Params: receipt, user_id, reason
	MessageHelpReceived    MessageID = "help_received"    // to the person's work mailbox. Params: receipt
)

// Message is what the organisation sends to a person or the help desk, through the outbox.
type Message struct {
	ID       string // the outbox's row
	Channel  Kind   // KindEmail, KindSMS or KindVoice
	To       string
	Template MessageID
	Params   map[string]string
	Code     string // the one-time code, when the message carries one
	At       time.Time
}

// Tray is the trial's message tray: it shows each message that the organisation would have sent.
type Tray interface {
	// Messages lists them, oldest first.
	Messages() []Message
	// Changed is closed and replaced whenever there is a new one.
	Changed() <-chan struct{}
}
