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
		receipt, arrived, undelivered, uncounted, line`
	selectOutbox = `SELECT ` + outboxColumns + ` FROM outbox WHERE id = ?`
	waiting      = `delivered = 0 AND failed = 0`
)

// Enqueue implements port.OutboxTx; an ID that is there already is refused.
func (t *transaction) Enqueue(r port.OutboxRecord) error {
	row, columns, err := outboxRow(r, coming)
	if err != nil {
		return err
	}
	if err := t.insert("put a message", row, columns); err != nil || r.Turn == 0 {
		return err
	}
	return t.noteTurn(r.Account, r.Turn)
}

// EnqueueLeased implements port.OutboxTx.
func (t *transaction) EnqueueLeased(r port.OutboxRecord, until time.Time, channels []app.Kind) (port.OutboxRecord, error) {
	in, args := among(channels)
	args = append([]any{string(r.Account), number(r.Urgent)}, args...)
	var ahead int
	err := t.scan("look what is ahead", t.row(fmt.Sprintf(aheadQuery, in), slices.Concat(args, args)...), &ahead)
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

// PutOutbox implements port.OutboxTx: it inserts or replaces. Where the message stood in line, it comes again, if it still waits.
func (t *transaction) PutOutbox(r port.OutboxRecord) error {
	row, columns, err := outboxRow(r, coming)
	if err != nil {
		return err
	}
	if _, known := t.known[row]; !known {
		if _, err := t.Outbox(r.ID); err != nil && !errors.Is(err, port.ErrNotFound) { // for put
			return err
		}
	}
	stood := coming
	if read, known := t.known[row]; known {
		stood = placeIn(read())
	}
	if err := t.put("put a message", row, columns); err != nil || stood != next {
		return err
	}
	return t.moveUp(groupOf(r))
}

// placeIn is the place in line that a message's columns have: the last of them.
func placeIn(columns []column) place {
	at, _ := columns[len(columns)-1].value.(int64)
	return place(at)
}

func outboxRow(r port.OutboxRecord, at place) (rowOf, []column, error) {
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
		flag("uncounted", r.Uncounted), column{name: "line", value: int64(at)},
	}, nil
}

// Lease implements port.OutboxTx. What expired is leased too: somebody must give it up.
func (t *transaction) Lease(l port.Lease) (leased []port.OutboxRecord, err error) {
	var there int
	err = t.scan("look for due messages", t.row(anyQuery, micros(l.Now), micros(l.Now)), &there)
	if err != nil || there == 0 {
		return nil, err
	}
	if err := t.bringIn(l.Now); err != nil {
		return nil, err
	}
	for len(leased) < l.N {
		m, err := t.nextTurn(l)
		if errors.Is(err, port.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		r, err := t.Outbox(m.id)
		if err != nil {
			return nil, err
		}
		r.Leased, r.Turn = time.UnixMicro(micros(l.Until)).UTC(), t.turns.next(l.Until)
		if err := errors.Join(t.PutOutbox(r), t.noteTurn(r.Account, r.Turn)); err != nil {
			return nil, err
		}
		leased = append(leased, r)
	}
	return leased, nil
}

func (t *transaction) readID(row scanner) (id string, err error) {
	err = t.scan("read a message's ID", row, &id)
	return id, err
}

// NextDue implements port.OutboxTx.
func (t *transaction) NextDue() (time.Time, error) {
	var next sql.NullInt64
	err := t.scan("find the next message", t.row(nextDueQuery), &next)
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
	if err := t.exec("have all come again", `UPDATE outbox SET line = 0 WHERE `+isInLine+` AND line <> 0`); err != nil {
		return 0, err
	}
	return t.count("hurry messages", `UPDATE outbox SET due = CASE WHEN due > ? THEN ? ELSE due END,
		leased = CASE WHEN leased > ? THEN ? ELSE leased END WHERE `+waiting+` AND (due > ? OR leased > ?)`,
		micros(at), micros(at), micros(at.Add(port.Skew)), micros(at), micros(at), micros(at.Add(port.Skew)))
}

// DropOutbox implements port.OutboxTx.
func (t *transaction) DropOutbox(before time.Time) (int, error) {
	t.forgetRows("outbox")
	if err := t.closeUp(); err != nil {
		return 0, err
	}
	return t.count("drop messages", `DELETE FROM outbox
		WHERE (delivered <> 0 AND delivered < ?) OR (failed <> 0 AND failed < ?)`, micros(before), micros(before))
}

func (t *transaction) readOutbox(row scanner) (port.OutboxRecord, error) {
	var r port.OutboxRecord
	var message []byte
	var urgent, uncounted int
	var at place
	err := t.scan("read a message", row, &r.ID, &r.Account, &message, moment{&r.Created}, moment{&r.Due},
		moment{&r.Expires}, moment{&r.Leased}, &r.Turn, &urgent, &r.Attempts, moment{&r.Delivered}, moment{&r.Failed}, &r.Flow,
		&r.Provider, &r.Receipt, moment{&r.Arrived}, moment{&r.Undelivered}, &uncounted, &at)
	if err != nil {
		return port.OutboxRecord{}, err
	}
	r.Urgent, r.Uncounted = urgent != 0, uncounted != 0
	if message, err = t.unseal(message, "outbox.message", r.ID); err != nil {
		return port.OutboxRecord{}, err
	}
	if err := json.Unmarshal(message, &r.Message); err != nil {
		return port.OutboxRecord{}, fmt.Errorf("store: message %s: %w", r.ID, err)
	}
	_, columns, err := outboxRow(r, at)
	t.noteRow(rowOf{"outbox", r.ID}, func() []column { return columns })
	return r, err
}
