package flow

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/backend/core"
	"github.com/sparekey/sparekey/backend/port"
)

// A code dies while its message is on its way: the person asks for another one, passes the gate otherwise, gives up, or the account is
// frozen. What can still be kept back is: whoever sends a code after a while, or makes a call, asks here before. Nothing is written, and
// nothing is read in a conversation's own time, so that strangers learn nothing by it.

// Why a message is of no use any more.
const (
	replaced = "replaced" // another one was sent in its place
	ended    = "ended"    // nobody waits for its code any more
)

// Pointless says why nobody waits for a message any more, by a code; empty: somebody does, or it belongs to no conversation, or is
// not known.
func (s *Flows) Pointless(ctx context.Context, message string) (why string, err error) {
	op, release := s.core.Begin(ctx)
	defer release()
	err = op.View(ctx, func(tx *core.Tx) error {
		r, err := tx.Outbox(message)
		if errors.Is(err, port.ErrNotFound) { // such as a test's
			return nil
		}
		if err == nil {
			why, err = s.PointlessIn(op, tx, r)
		}
		return err
	})
	return why, err
}

// PointlessIn is Pointless for a message that was read in a transaction.
func (s *Flows) PointlessIn(op *core.Operation, tx *core.Tx, r port.OutboxRecord) (why string, err error) {
	if r.Flow == "" {
		return "", nil
	}
	f, err := s.within(op).load(tx, r.Flow)
	switch {
	case errors.Is(err, port.ErrNotFound): // dropped, long after
		return ended, nil
	case err != nil:
		return "", err
	}
	over, err := f.over()
	if err != nil {
		return "", err
	}
	a := f.s.Attempts[r.Message.Channel]
	switch {
	case over != nil, a == nil:
		return ended, nil
	case a.Message != "" && a.Message != r.ID: // an earlier version notes none before a proof
		return replaced, nil
	}
	return "", nil
}
