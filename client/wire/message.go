package wire

import "github.com/sparekey/sparekey/app"

// MessagesOf is the body that asks what became of the messages to a user ID.
type MessagesOf struct {
	UserID string `json:"user_id" maxLength:"1024"`
}

// MessageTrace is the form of app.MessageTrace.
type MessageTrace struct {
	ID       string   `json:"id,omitempty" doc:"stands in a mail's Message-ID; left out for one of long ago"`
	At       Time     `json:"at,omitzero" format:"date-time"`
	Channel  string   `json:"channel"`
	Template string   `json:"template" doc:"which text it is"`
	Delivery string   `json:"delivery" enum:"on_its_way,late,taken,arrived,undelivered,given_up" doc:"what became of it, since at"`
	Provider string   `json:"provider,omitempty" doc:"who took it"`
	Receipt  string   `json:"receipt,omitempty" doc:"by which that provider finds it"`
	Said     []string `json:"said" nullable:"false" doc:"what providers said, in codes"`
	Flow     string   `json:"flow,omitempty" doc:"the conversation that it was sent in, as the audit trail has it"`
}

func newMessageTrace(m app.MessageTrace) MessageTrace {
	return MessageTrace{
		ID: m.ID, At: Time(m.At), Channel: string(m.Channel), Template: string(m.Template), Delivery: string(m.Delivery),
		Provider: m.Provider, Receipt: m.Receipt, Said: list(m.Said, same), Flow: string(m.Flow),
	}
}

func (w MessageTrace) domain() app.MessageTrace {
	return app.MessageTrace{
		ID: w.ID, At: w.At.domain(), Channel: app.Kind(w.Channel), Template: app.MessageID(w.Template), Delivery: app.Delivery(w.Delivery),
		Provider: w.Provider, Receipt: w.Receipt, Said: unlist(w.Said, same), Flow: app.FlowID(w.Flow),
	}
}

// MessageTraces are what became of somebody's messages.
type MessageTraces struct {
	Messages []MessageTrace `json:"messages" nullable:"false" doc:"the newest first"`
}

// NewMessageTraces gives the form of all.
func NewMessageTraces(all []app.MessageTrace) MessageTraces {
	return MessageTraces{list(all, newMessageTrace)}
}

// Domain gives all.
func (w MessageTraces) Domain() []app.MessageTrace { return unlist(w.Messages, MessageTrace.domain) }
