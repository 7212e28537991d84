package core

import (
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/rules"
)

// EnqueueMessage puts one message of an account into the outbox; after expires it is pointless (zero: never). One without a
// receiver goes to nobody, by the same way.
func (t *Tx) EnqueueMessage(account app.AccountID, m app.Message, expires time.Time) error {
	_, err := t.EnqueueInFlow("", account, m, expires)
	return err
}

// EnqueueInFlow is EnqueueMessage for a message of a flow, and gives the message's ID.
func (t *Tx) EnqueueInFlow(flow app.FlowID, account app.AccountID, m app.Message, expires time.Time) (id string, err error) {
	if id, err = t.core.NewMessageID(); err != nil {
		return "", err
	}
	now := t.core.Now()
	m.ID, m.At, m.Expires = id, now, expires
	return id, t.Enqueue(port.OutboxRecord{ID: id, Account: account, Message: m, Created: now, Due: now, Expires: expires, Flow: flow})
}

// Notice is what an account's owner is told.
type Notice struct {
	Template app.MessageID
	Params   map[string]string
	// Unasked: the directory could not be asked for the work mailbox, which is told as soon as it can be.
	Unasked bool
}

// NotifyOwner sends a notice to every channel that the subject has, once to each address, and returns how many: the work
// mailbox and the credentials' addresses, those that were deleted lately too, by mail or text and never by call. A contact
// that nobody confirmed may be somebody else's.
func (t *Tx) NotifyOwner(account app.AccountID, s rules.Subject, n Notice, creds rules.Credentials) (int, error) {
	told, link := make(map[string]bool), sync.OnceValues(func() (string, error) { return t.objectionLink(account, n.Template) })
	one := func(channel app.Kind, to string) error {
		if to == "" || told[to] {
			return nil
		}
		link, err := link()
		if err != nil {
			return err
		}
		told[to] = true
		return t.EnqueueMessage(account, app.Message{Channel: channel, To: to, Template: n.Template, Params: n.Params, Link: link}, time.Time{})
	}
	if n.Unasked {
		link, err := link()
		if err != nil {
			return 0, err
		}
		if err := t.EnqueueFor(app.ForOwner, account, app.Message{Template: n.Template, Params: n.Params, Link: link}); err != nil {
			return 0, err
		}
	}
	if err := one(app.KindEmail, s.Mail); err != nil {
		return 0, err
	}
	for _, c := range creds.Confirmed().Of(app.KindEmail, app.KindSMS) {
		if err := one(c.Kind, c.Address); err != nil {
			return 0, err
		}
	}
	former, err := t.FormerChannels(account, t.core.Now())
	if err != nil {
		return 0, err
	}
	for _, c := range former {
		if err := one(c.Kind, c.Address); err != nil {
			return 0, err
		}
	}
	return len(told), nil
}

// NotifyMailbox sends a notice to the subject's work mailbox alone, if there is one.
func (t *Tx) NotifyMailbox(account app.AccountID, s rules.Subject, n Notice) error {
	if s.Mail == "" {
		return nil
	}
	link, err := t.objectionLink(account, n.Template)
	if err != nil {
		return err
	}
	return t.EnqueueMessage(account, app.Message{Channel: app.KindEmail, To: s.Mail, Template: n.Template, Params: n.Params, Link: link}, time.Time{})
}

// mostRecipients bounds how many administrators one event reaches.
const mostRecipients = 100

// Mailboxes are the administrators' work Mailboxes but one's own.
func Mailboxes(administrators []port.DirectoryAccount, but app.AccountID) []string {
	var to []string
	for _, a := range administrators {
		if a.Mail != "" && a.ID != but && len(to) < mostRecipients {
			to = append(to, a.Mail)
		}
	}
	return to
}
