package backend

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// send puts a method's messages into the outbox. An address that got its share must wait.
func (t *talk) send(messages []app.Message) error {
	for _, m := range messages {
		if m.Channel == app.KindEmail {
			key := t.b.counterKey(countMail, m.To)
			retry, err := t.b.mailWindow().allow(t.tx, key, t.now)
			if err != nil {
				return err
			}
			if !retry.IsZero() {
				return &app.Error{Code: app.CodeThrottled, RetryAt: retry}
			}
		}
		var expires time.Time
		if m.Code != "" {
			expires = t.now.Add(t.b.c.Policy.Codes.Lifetime)
		}
		if err := t.post(m, expires); err != nil {
			return err
		}
	}
	return nil
}

// post puts one message into the outbox; after expires it is pointless (zero: never).
func (t *talk) post(m app.Message, expires time.Time) error {
	id, err := t.b.newID()
	if err != nil {
		return err
	}
	m.ID, m.At = id, t.now
	return t.tx.Enqueue(port.OutboxRecord{
		ID: id, Account: t.rec.Account, Message: m, Created: t.now, Due: t.now, Expires: expires,
	})
}

// tell sends a notice to every channel that the person has, once to each address, and returns how many: the work
// mailbox and the credentials' addresses, by mail or text and never by call.
func (t *talk) tell(template app.MessageID, params map[string]string, creds []port.CredentialRecord) (int, error) {
	told := make(map[string]bool)
	one := func(channel app.Kind, to string) error {
		if to == "" || told[to] {
			return nil
		}
		told[to] = true
		return t.post(app.Message{Channel: channel, To: to, Template: template, Params: params}, time.Time{})
	}
	if err := one(app.KindEmail, t.s.Who.Mail); err != nil {
		return 0, err
	}
	for _, c := range creds {
		if c.Kind != app.KindEmail && c.Kind != app.KindSMS {
			continue
		}
		if err := one(c.Kind, c.Address); err != nil {
			return 0, err
		}
	}
	return len(told), nil
}

// mostRecipients bounds how many administrators one event reaches.
const mostRecipients = 100

// mailboxes are the administrators' work mailboxes but one's own.
func mailboxes(administrators []port.DirectoryAccount, but app.AccountID) []string {
	var to []string
	for _, a := range administrators {
		if a.Mail != "" && a.ID != but && len(to) < mostRecipients {
			to = append(to, a.Mail)
		}
	}
	return to
}
