package worker

import (
	"errors"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// trace says in the audit trail what became of a message, for who is asked where it is: taken by which provider under which receipt,
// late for the first time, or given up. Neither its content nor its receiver is told. A deliverer that tells no attempts, such as a
// trial's tray, has no trace but of what it gave up.
func (c carried) trace(tx *core.Tx, r port.OutboxRecord) error {
	switch {
	case errors.Is(c.outcome, port.ErrUndeliverable):
		return tx.LogMessage(core.MessageFailed, r, c.attempts...)
	case len(c.attempts) == 0, c.outcome != nil && r.Attempts > 1:
		return nil
	case c.outcome == nil:
		return tx.LogMessage(core.MessageSent, r, c.attempts...)
	}
	return tx.LogMessage(core.MessageDelayed, r, c.attempts...)
}
