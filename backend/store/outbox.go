package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

const (
	selectOutbox = `SELECT id, account, message, created, due, expires, leased, attempts, delivered, failed
	FROM outbox WHERE `
	waiting = `delivered = 0 AND failed = 0`
)

// Enqueue implements port.OutboxTx; an ID that is there already is refused.
func (t *transaction) Enqueue(r port.OutboxRecord) error { return t.insertOutbox(r, ``) }

// PutOutbox implements port.OutboxTx: it inserts or replaces.
func (t *transaction) PutOutbox(r port.OutboxRecord) error {
	return t.insertOutbox(r, ` ON CONFLICT (id) DO UPDATE SET account = excluded.account, message = excluded.message,
		created = excluded.created, due = excluded.due, expires = excluded.expires, leased = excluded.leased,
		attempts = excluded.attempts, delivered = excluded.delivered, failed = excluded.failed`)
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
	return t.exec("put a message", `INSERT INTO outbox (id, account, message, created, due, expires, leased, attempts,
			delivered, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`+orElse,
		r.ID, string(r.Account), message, micros(r.Created), micros(r.Due), micros(r.Expires), micros(r.Leased),
		r.Attempts, micros(r.Delivered), micros(r.Failed))
}

// Lease implements port.OutboxTx, the longest due first. What expired is leased too: somebody must give it up.
func (t *transaction) Lease(now, until time.Time, n int) ([]port.OutboxRecord, error) {
	due, err := list(t, "list due messages", t.readOutbox,
		selectOutbox+waiting+` AND due <= ? AND leased <= ? ORDER BY due, created, id LIMIT ?`,
		micros(now), micros(now), n)
	if err != nil {
		return nil, err
	}
	for i := range due {
		err := t.exec("lease a message", `UPDATE outbox SET leased = ? WHERE id = ?`, micros(until), due[i].ID)
		if err != nil {
			return nil, err
		}
		due[i].Leased = time.UnixMicro(micros(until)).UTC()
	}
	return due, nil
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
	err := t.scan("read a message", row, &r.ID, &r.Account, &message, moment{&r.Created}, moment{&r.Due},
		moment{&r.Expires}, moment{&r.Leased}, &r.Attempts, moment{&r.Delivered}, moment{&r.Failed})
	if err != nil {
		return port.OutboxRecord{}, err
	}
	if message, err = t.unseal(message, "outbox.message", r.ID); err != nil {
		return port.OutboxRecord{}, err
	}
	if err := json.Unmarshal(message, &r.Message); err != nil {
		return port.OutboxRecord{}, fmt.Errorf("store: message %s: %w", r.ID, err)
	}
	return r, nil
}
