package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const (
	outboxColumns = `id, account, message, created, due, expires, leased, turn, urgent, attempts, delivered, failed, flow, provider,
		receipt, arrived, undelivered`
	selectOutbox = `SELECT ` + outboxColumns + ` FROM outbox WHERE id = ?`
	waiting      = `delivered = 0 AND failed = 0`
)

// Enqueue implements port.OutboxTx; an ID that is there already is refused.
func (t *transaction) Enqueue(r port.OutboxRecord) error {
	row, columns, err := outboxRow(r)
	if err != nil {
		return err
	}
	return t.insert("put a message", row, columns)
}

// EnqueueLeased implements port.OutboxTx.
func (t *transaction) EnqueueLeased(r port.OutboxRecord, until time.Time, channels []app.Kind) (port.OutboxRecord, error) {
	in, args := among(channels)
	var ahead int
	err := t.scan("look what is ahead", t.row(`SELECT EXISTS (SELECT 1 FROM outbox WHERE `+waiting+` AND account = ? AND urgent = ? AND `+in+`)`,
		append([]any{string(r.Account), number(r.Urgent)}, args...)...), &ahead)
	if err != nil {
		return r, err
	}
	if ahead == 0 {
		r.Leased, r.Turn = time.UnixMicro(micros(until)).UTC(), t.turns.next(until)
	}
	return r, t.Enqueue(r)
}

// turns numbers leases, of this process in their order and of several by the time.
type turns struct{ last atomic.Int64 }

func (t *turns) next(until time.Time) int64 {
	for {
		last := t.last.Load()
		turn := max(last+1, micros(until))
		if t.last.CompareAndSwap(last, turn) {
			return turn
		}
	}
}

// among is a condition on the channel, with its arguments; no channels are all of them.
func among(channels []app.Kind) (condition string, args []any) {
	if len(channels) == 0 {
		return `1 = 1`, nil
	}
	for _, channel := range channels {
		args = append(args, string(channel))
	}
	return `channel IN (?` + strings.Repeat(`, ?`, len(channels)-1) + `)`, args
}

// Outbox implements port.OutboxTx.
func (t *transaction) Outbox(id string) (port.OutboxRecord, error) {
	return t.readOutbox(t.row(selectOutbox, id))
}

// OutboxByReceipt implements port.OutboxTx.
func (t *transaction) OutboxByReceipt(provider, receipt string) (port.OutboxRecord, error) {
	if receipt == "" {
		return port.OutboxRecord{}, port.ErrNotFound
	}
	return t.readOutbox(t.row(`SELECT `+outboxColumns+` FROM outbox WHERE receipt <> '' AND receipt = `+someText+` AND provider = `+someText+`
		ORDER BY created DESC LIMIT 1`, receipt, provider))
}

// WaitingOutbox implements port.OutboxTx.
func (t *transaction) WaitingOutbox(account app.AccountID) ([]port.OutboxRecord, error) {
	return list(t, "list an account's messages", t.readOutbox, `SELECT `+outboxColumns+` FROM outbox WHERE `+waiting+`
		AND account = `+someText+` ORDER BY created, id`, string(account))
}

// PutOutbox implements port.OutboxTx: it inserts or replaces.
func (t *transaction) PutOutbox(r port.OutboxRecord) error {
	row, columns, err := outboxRow(r)
	if err != nil {
		return err
	}
	if _, known := t.known[row]; !known {
		if _, err := t.Outbox(r.ID); err != nil && !errors.Is(err, port.ErrNotFound) { // for put
			return err
		}
	}
	return t.put("put a message", row, columns)
}

func outboxRow(r port.OutboxRecord) (rowOf, []column, error) {
	message, err := json.Marshal(r.Message)
	if err != nil {
		return rowOf{}, nil, fmt.Errorf("store: message %s: %w", r.ID, err)
	}
	return rowOf{"outbox", r.ID}, []column{
		text("account", r.Account), sealed("message", message), instant("created", r.Created), instant("due", r.Due),
		instant("expires", r.Expires), instant("leased", r.Leased), column{name: "turn", value: r.Turn}, flag("urgent", r.Urgent),
		text("channel", r.Message.Channel), integer("attempts", r.Attempts), instant("delivered", r.Delivered),
		instant("failed", r.Failed), text("flow", r.Flow), text("provider", r.Provider), text("receipt", r.Receipt),
		instant("arrived", r.Arrived), instant("undelivered", r.Undelivered),
	}, nil
}

// leaseQuery finds the messages that Lease takes, in their order. Within one lease accounts take turns by nth, and from one
// lease to the next by the number of an account's last one.
const leaseQuery = `WITH out AS MATERIALIZED (
		SELECT account, urgent, COUNT(*) AS n FROM outbox WHERE ` + waiting + ` AND leased > ? AND %[1]s GROUP BY account, urgent
	), due_now AS (
		SELECT id, account, urgent, due, created, ROW_NUMBER() OVER (PARTITION BY account, urgent ORDER BY due, created, id) AS nth
		FROM outbox WHERE ` + waiting + ` AND due <= ? AND leased <= ? AND %[1]s
	)
	SELECT id FROM due_now LEFT JOIN out USING (account, urgent)
	WHERE nth <= ? AND (? = 0 OR nth + COALESCE(n, 0) <= ?)
	ORDER BY urgent DESC, nth, (SELECT MAX(turn) FROM outbox p WHERE p.account = due_now.account), due, created, id
	LIMIT ` + limit

// Lease implements port.OutboxTx. What expired is leased too: somebody must give it up.
func (t *transaction) Lease(l port.Lease) ([]port.OutboxRecord, error) {
	now := micros(l.Now)
	var there int
	err := t.scan("look for due messages", t.row(`SELECT EXISTS (SELECT 1 FROM outbox WHERE `+waiting+` AND due <= ? AND leased <= ?)`, now, now), &there)
	if err != nil || there == 0 {
		return nil, err
	}
	of, channels := among(l.Channels)
	args := slices.Concat([]any{now}, channels, []any{now, now}, channels, []any{l.N, l.PerAccount, l.PerAccount, l.N})
	ids, err := list(t, "list due messages", t.readID, fmt.Sprintf(leaseQuery, of), args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	due := make([]port.OutboxRecord, len(ids))
	for i, id := range ids {
		r := &due[i]
		if *r, err = t.Outbox(id); err != nil {
			return nil, err
		}
		r.Leased, r.Turn = time.UnixMicro(micros(l.Until)).UTC(), t.turns.next(l.Until)
		if err := t.PutOutbox(*r); err != nil {
			return nil, err
		}
	}
	return due, nil
}

func (t *transaction) readID(row scanner) (id string, err error) {
	err = t.scan("read a message's ID", row, &id)
	return id, err
}

// NextDue implements port.OutboxTx.
func (t *transaction) NextDue() (time.Time, error) {
	var next sql.NullInt64
	err := t.scan("find the next message",
		t.row(`SELECT MIN(CASE WHEN leased > due THEN leased ELSE due END) FROM outbox WHERE `+waiting), &next)
	if err != nil {
		return time.Time{}, err
	}
	if !next.Valid {
		return time.Time{}, port.ErrNotFound
	}
	return time.UnixMicro(next.Int64).UTC(), nil
}

// HurryOutbox implements port.OutboxTx.
func (t *transaction) HurryOutbox(at time.Time) (int, error) {
	t.forgetRows("outbox")
	return t.count("hurry messages", `UPDATE outbox SET due = CASE WHEN due > ? THEN ? ELSE due END,
		leased = CASE WHEN leased > ? THEN ? ELSE leased END WHERE `+waiting+` AND (due > ? OR leased > ?)`,
		micros(at), micros(at), micros(at.Add(port.Skew)), micros(at), micros(at), micros(at.Add(port.Skew)))
}

// DropOutbox implements port.OutboxTx.
func (t *transaction) DropOutbox(before time.Time) (int, error) {
	t.forgetRows("outbox")
	return t.count("drop messages", `DELETE FROM outbox
		WHERE (delivered <> 0 AND delivered < ?) OR (failed <> 0 AND failed < ?)`, micros(before), micros(before))
}

func (t *transaction) readOutbox(row scanner) (port.OutboxRecord, error) {
	var r port.OutboxRecord
	var message []byte
	var urgent int
	err := t.scan("read a message", row, &r.ID, &r.Account, &message, moment{&r.Created}, moment{&r.Due},
		moment{&r.Expires}, moment{&r.Leased}, &r.Turn, &urgent, &r.Attempts, moment{&r.Delivered}, moment{&r.Failed}, &r.Flow,
		&r.Provider, &r.Receipt, moment{&r.Arrived}, moment{&r.Undelivered})
	if err != nil {
		return port.OutboxRecord{}, err
	}
	r.Urgent = urgent != 0
	if message, err = t.unseal(message, "outbox.message", r.ID); err != nil {
		return port.OutboxRecord{}, err
	}
	if err := json.Unmarshal(message, &r.Message); err != nil {
		return port.OutboxRecord{}, fmt.Errorf("store: message %s: %w", r.ID, err)
	}
	_, columns, err := outboxRow(r)
	t.noteRow(rowOf{"outbox", r.ID}, func() []column { return columns })
	return r, err
}
