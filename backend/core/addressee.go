package core

import (
	"context"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// What has to be told although the directory is away, to an address that it alone has, waits in the outbox for the directory, as a mail
// waits for a relay: it survives a restart, is tried again, and is a mail once the address is known.

// EnqueueFor puts a mail into the outbox whose address the directory could not be asked for.
func (t *Tx) EnqueueFor(whom app.Addressee, account app.AccountID, m app.Message) error {
	m.Channel, m.For = port.Unaddressed, whom
	return t.EnqueueMessage(account, m, time.Time{})
}

// Addressed is what the directory says of a message's address.
type Addressed struct {
	To     []string // empty: there is nobody to tell
	UserID string   // the account's, as the directory spells it; empty: there is no such account
}

// Address asks the directory where a message goes.
func (c *Core) Address(ctx context.Context, whom app.Addressee, account app.AccountID) (a Addressed, err error) {
	owner, err := c.Account(ctx, account)
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return a, err
	}
	a.UserID = owner.UserID
	switch whom {
	case app.ForOwner:
		if owner.Mail != "" {
			a.To = []string{owner.Mail}
		}
	case app.ForAdministrators:
		all, err := c.Administrators(ctx)
		if err != nil {
			return a, err
		}
		a.To = Mailboxes(all, account)
	}
	return a, nil
}
