package core

import (
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// What the audit trail says of a message, and how it is read. The reason is the message's text and ID, and each attempt or answer of
// a provider: "code 06a1…; mx1.example.org:587 connect; mx2.example.org:587 taken 4XyZ". Neither content nor receiver is in it.

// The entries on messages.
const (
	MessageSent        = "outbox.sent"
	MessageDelayed     = "outbox.delayed"
	MessageFailed      = "outbox.failed"
	messageArrived     = "outbox.arrived"
	messageUndelivered = "outbox.undelivered"
)

// deliveries are what the entries say.
var deliveries = map[string]app.Delivery{
	MessageSent: app.DeliveryTaken, MessageDelayed: app.DeliveryLate, MessageFailed: app.DeliveryGivenUp,
	messageArrived: app.DeliveryArrived, messageUndelivered: app.DeliveryUndelivered,
}

// Words of a receipt that came later, in place of an attempt's outcome.
const (
	saidArrived     = "arrived"
	saidUndelivered = "undelivered"
)

// LogMessage notes what became of a message, by what providers said of it.
func (t *Tx) LogMessage(action string, r port.OutboxRecord, said ...port.Attempt) error {
	all := []string{strings.TrimSpace(string(r.Message.Template) + " " + r.ID)}
	for _, a := range said {
		all = append(all, strings.TrimSpace(a.Provider+" "+a.Outcome+" "+a.Receipt))
	}
	result := Failed
	if action == MessageSent || action == messageArrived {
		result = Succeeded
	}
	return t.Log(port.AuditEntry{
		Action: action, Result: result, Account: string(r.Account), Method: string(r.Message.Channel), Flow: string(r.Flow),
		Reason: strings.Join(all, "; "),
	})
}

// LogReceipt notes what a provider said later: code is why it never arrives, and empty where it did.
func (t *Tx) LogReceipt(r port.OutboxRecord, code string) error {
	said := port.Attempt{Provider: r.Provider, Outcome: saidArrived, Receipt: r.Receipt}
	if code == "" {
		return t.LogMessage(messageArrived, r, said)
	}
	said.Outcome = saidUndelivered + " " + code
	return t.LogMessage(messageUndelivered, r, said)
}

// ReadMessageEntry reads what LogMessage and LogReceipt write, and what versions before them did, without the ID.
func ReadMessageEntry(e port.AuditEntry) app.MessageTrace {
	said := strings.Split(e.Reason, "; ")
	template, id, _ := strings.Cut(said[0], " ")
	m := app.MessageTrace{
		ID: id, At: e.At, Channel: app.Kind(e.Method), Template: app.MessageID(template), Delivery: deliveries[e.Action],
		Said: said[1:], Flow: app.FlowID(e.Flow),
	}
	word := " " + port.Taken + " "
	switch e.Action {
	case messageArrived:
		word = " " + saidArrived + " "
	case messageUndelivered:
		word = " " + saidUndelivered + " "
	}
	for _, one := range m.Said {
		who, receipt, is := strings.Cut(one+" ", word)
		if !is {
			continue
		}
		if e.Action == messageUndelivered {
			_, receipt, _ = strings.Cut(receipt, " ") // behind the code
		}
		m.Provider, m.Receipt = who, strings.TrimSpace(receipt)
	}
	return m
}
