package worker

import (
	"errors"
	"strings"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// trace says in the audit trail what became of a message, for who is asked where it is: taken by which provider under which receipt,
// late for the first time, or given up. Neither its content nor its receiver is told. A deliverer that tells no attempts, such as a
// trial's tray, has no trace but of what it gave up.
func (c carried) trace(tx *core.Tx, r port.OutboxRecord) error {
	e := port.AuditEntry{Account: string(r.Account), Method: string(r.Message.Channel), Reason: c.reason(r)}
	switch {
	case errors.Is(c.outcome, port.ErrUndeliverable):
		e.Action, e.Result = "outbox.failed", core.Failed
	case len(c.attempts) == 0, c.outcome != nil && r.Attempts > 1:
		return nil
	case c.outcome == nil:
		e.Action, e.Result = "outbox.sent", core.Succeeded
	default:
		e.Action, e.Result = "outbox.delayed", core.Failed
	}
	return tx.Log(e)
}

// reason is the message's text and each attempt of this time: "code; mx1.example.org:587 connect; mx2.example.org:587 taken 4XyZ".
func (c carried) reason(r port.OutboxRecord) string {
	all := []string{string(r.Message.Template)}
	for _, a := range c.attempts {
		all = append(all, strings.TrimSpace(a.Provider+" "+a.Outcome+" "+a.Receipt))
	}
	return strings.Join(all, "; ")
}
