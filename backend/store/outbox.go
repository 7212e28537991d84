package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

const (
	outboxColumns = `id, account, message, created, due, expires, leased, turn, urgent, attempts, delivered, failed`
	waiting       = `delivered = 0 AND failed = 0`
)

// Enqueue implements port.OutboxTx; an ID that is there already is refused.
func (t *transaction) Enqueue(r port.OutboxRecord) error { return t.insertOutbox(r, ``) }

// PutOutbox implements port.OutboxTx: it inserts or replaces.
func (t *transaction) PutOutbox(r port.OutboxRecord) error {
	return t.insertOutbox(r, ` ON CONFLICT (id) DO UPDATE SET account = excluded.account, message = excluded.message,
		created = excluded.created, due = excluded.due, expires = excluded.expires, leased = excluded.leased,
		turn = excluded.turn, urgent = excluded.urgent, channel = excluded.channel, attempts = excluded.attempts, delivered = excluded.delivered, failed = excluded.failed`)
}

func (t *transaction) insertOutbox(r port.OutboxRecord, orElse string) error {
	plain, err := json.Marshal(r.Message)
	if err != nil {
		return fmt.Errorf("store: message %s: %w", r.ID, err)
	}
	message, err := t.seal(plain, "outbox.message", r.ID)
	if err != nil {
		return err
	}
	return t.exec("put a message", `INSERT INTO outbox (id, account, message, created, due, expires, leased, turn, urgent,
			channel, attempts, delivered, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`+orElse,
		r.ID, string(r.Account), message, micros(r.Created), micros(r.Due), micros(r.Expires), micros(r.Leased),
		r.Turn, number(r.Urgent), string(r.Message.Channel), r.Attempts, micros(r.Delivered), micros(r.Failed))
}

// leaseQuery finds the messages that Lease takes, in their order. Within one lease accounts take turns by nth, and from one
// lease to the next by the number of an account's last one.
const leaseQuery = `WITH out AS (
		SELECT account, urgent, COUNT(*) AS n FROM outbox WHERE ` + waiting + ` AND leased > ? AND %[1]s GROUP BY account, urgent
	), due_now AS (
		SELECT id, account, urgent, due, created, ROW_NUMBER() OVER (PARTITION BY account, urgent ORDER BY due, created, id) AS nth
		FROM outbox WHERE ` + waiting + ` AND due <= ? AND leased <= ? AND %[1]s
	)
	SELECT id FROM due_now
	WHERE nth <= ? AND (? = 0 OR
		nth + COALESCE((SELECT n FROM out WHERE out.account = due_now.account AND out.urgent = due_now.urgent), 0) <= ?)
	ORDER BY urgent DESC, nth, (SELECT MAX(turn) FROM outbox p WHERE p.account = due_now.account), due, created, id
	LIMIT ` + limit

// Lease implements port.OutboxTx. What expired is leased too: somebody must give it up.
func (t *transaction) Lease(l port.Lease) ([]port.OutboxRecord, error) {
	now := micros(l.Now)
	var channels []any
	of := `1 = 1`
	if len(l.Channels) > 0 {
		of = `channel IN (?` + strings.Repeat(`, ?`, len(l.Channels)-1) + `)`
	}
	for _, channel := range l.Channels {
		channels = append(channels, string(channel))
	}
	args := slices.Concat([]any{now}, channels, []any{now, now}, channels, []any{l.N, l.PerAccount, l.PerAccount, l.N})
	ids, err := list(t, "list due messages", t.readID, fmt.Sprintf(leaseQuery, of), args...)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	var last int64
	if err := t.scan("find the last lease", t.row(`SELECT MAX(turn) FROM outbox`), &last); err != nil {
		return nil, err
	}
	due := make([]port.OutboxRecord, len(ids))
	for i, id := range ids {
		r := &due[i]
		if *r, err = t.readOutbox(t.row(`SELECT `+outboxColumns+` FROM outbox WHERE id = ?`, id)); err != nil {
			return nil, err
		}
		r.Leased, r.Turn = time.UnixMicro(micros(l.Until)).UTC(), last+int64(i)+1
		err := t.exec("lease a message", `UPDATE outbox SET leased = ?, turn = ? WHERE id = ?`, micros(l.Until), r.Turn, r.ID)
		if err != nil {
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
	return t.count("hurry messages", `UPDATE outbox SET due = CASE WHEN due > ? THEN ? ELSE due END,
		leased = CASE WHEN leased > ? THEN ? ELSE leased END WHERE `+waiting+` AND (due > ? OR leased > ?)`,
		micros(at), micros(at), micros(at.Add(port.Skew)), micros(at), micros(at), micros(at.Add(port.Skew)))
}

// DropOutbox implements port.OutboxTx.
func (t *transaction) DropOutbox(before time.Time) (int, error) {
	return t.count("drop messages", `DELETE FROM outbox
		WHERE (delivered <> 0 AND delivered < ?) OR (failed <> 0 AND failed < ?)`, micros(before), micros(before))
}

func (t *transaction) readOutbox(row scanner) (port.OutboxRecord, error) {
	var r port.OutboxRecord
	var message []byte
	var urgent int
	err := t.scan("read a message", row, &r.ID, &r.Account, &message, moment{&r.Created}, moment{&r.Due},
		moment{&r.Expires}, moment{&r.Leased}, &r.Turn, &urgent, &r.Attempts, moment{&r.Delivered}, moment{&r.Failed})
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
	return r, nil
}
