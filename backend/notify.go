package backend

import (
	"strings"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// send puts a method's messages into the outbox. An address or a number that got its share must wait.
func (t *talk) send(messages []app.Message) error {
	for _, m := range messages {
		if err := t.ration(t.shares(m)); err != nil {
			return err
		}
		if t.noProof() {
			m.To = ""
		}
		var expires time.Time
		if m.Code != "" || m.Call != "" {
			expires = t.now.Add(t.b.policy().Codes.Lifetime)
		}
		if m.Call != "" {
			m.Call = callRef(t.rec.ID, m.Call)
		}
		if err := t.post(m, expires); err != nil {
			return err
		}
	}
	return nil
}

// share is what may be sent to somebody within a span.
type share struct {
	window window
	key    string
}

// ration takes from every share, or from none: what one of them refuses must not use up another, such as a country's.
func (t *talk) ration(shares []share) error {
	var open time.Time
	for _, s := range shares {
		retry, err := s.window.opens(t.tx, s.key, t.now)
		if err != nil {
			return err
		}
		if retry.After(open) {
			open = retry
		}
	}
	if !open.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: open}
	}
	for _, s := range shares {
		if _, err := s.window.record(t.tx, s.key, t.now); err != nil {
			return err
		}
	}
	return nil
}

// shares are those that a message takes from: its address's or number's (whatever the extension), and for texts and
// calls, which cost money, the account's, the number's country's, the workstation's, the network address's, and the day's.
func (t *talk) shares(m app.Message) []share {
	if m.Channel == app.KindEmail {
		return []share{{t.b.mailWindow(), t.b.counterKey(countMail, m.To)}}
	}
	number, _, _ := strings.Cut(m.To, ";")
	calls := t.b.policy().Calls
	shares := []share{
		{t.b.numberWindow(), t.b.counterKey(countNumber, string(m.Channel)+"|"+number)},
		{t.b.phoneWindow(), t.b.accountKey(countPhone, t.rec.Account)},
		{aDay(calls.SendsPerCountry), t.b.counterKey(countCountry, m.Country)},
		{aDay(calls.SendsPerDay), t.b.counterKey(countDay, "")},
	}
	if t.resetting() && len(t.s.Passed) == 0 {
		shares = append(shares,
			share{aDay(half(calls.SendsPerCountry)), t.b.counterKey(countStrangers+countCountry, m.Country)},
			share{aDay(half(calls.SendsPerDay)), t.b.counterKey(countStrangers+countDay, "")})
	}
	if station := t.rec.OriginStn; station != "" {
		shares = append(shares, share{aDay(calls.SendsPerStation), t.b.counterKey(countStation, station)})
	}
	if network := t.rec.OriginNet; network != inProcess {
		shares = append(shares, share{aDay(calls.SendsPerNetwork), t.b.counterKey(countNetwork, network)})
	}
	return shares
}

// half is what strangers may use of a budget that all share: the rest is kept for who has proven something, so that nobody
// who only names people can keep everybody from signing in.
func half(n int) int { return (n + 1) / 2 }

// aDay is a window of n in 24 hours.
func aDay(n int) window { return window{n: n, span: 24 * time.Hour} }

// post puts one message into the outbox; after expires it is pointless (zero: never). One without a receiver goes to
// nobody, by the same way.
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
// mailbox and the credentials' addresses, by mail or text and never by call. A contact that
// nobody confirmed may be somebody else's.
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
	for _, c := range counting(creds) {
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
