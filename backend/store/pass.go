package store

import (
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Pass implements port.PassTx.
func (t *transaction) Pass(account app.AccountID) (port.PassRecord, error) {
	var r port.PassRecord
	var desk int
	err := t.scan("read a pass", t.row(`SELECT account, hash, created, expires, used, issued_by, desk, flow FROM pass
		WHERE account = ?`, string(account)),
		&r.Account, &r.Hash, moment{&r.Created}, moment{&r.Expires}, moment{&r.Used}, &r.IssuedBy, &desk, &r.Flow)
	if err != nil {
		return port.PassRecord{}, err
	}
	r.Desk = desk != 0
	return r, nil
}

// PutPass implements port.PassTx: it inserts or replaces.
func (t *transaction) PutPass(r port.PassRecord) error {
	return t.exec("put a pass", `INSERT INTO pass (account, hash, created, expires, used, issued_by, desk, flow)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, created = excluded.created,
			expires = excluded.expires, used = excluded.used, issued_by = excluded.issued_by, desk = excluded.desk,
			flow = excluded.flow`,
		string(r.Account), blob(r.Hash), micros(r.Created), micros(r.Expires), micros(r.Used), r.IssuedBy, number(r.Desk), string(r.Flow))
}

// DeletePass implements port.PassTx.
func (t *transaction) DeletePass(account app.AccountID) (int, error) {
	return t.count("delete a pass", `DELETE FROM pass WHERE account = ?`, string(account))
}

// DropPasses implements port.PassTx.
func (t *transaction) DropPasses(before time.Time) (int, error) {
	return t.count("drop passes", `DELETE FROM pass WHERE expires < ?`, micros(before))
}

// Confirmed implements port.ConfirmTx.
func (t *transaction) Confirmed(account app.AccountID) (time.Time, error) {
	var at time.Time
	err := t.scan("read a confirmation", t.row(`SELECT at FROM confirmed WHERE account = ?`, string(account)), moment{&at})
	if errors.Is(err, port.ErrNotFound) {
		return time.Time{}, nil
	}
	return at, err
}

// PutConfirmed implements port.ConfirmTx: it inserts or replaces.
func (t *transaction) PutConfirmed(account app.AccountID, at time.Time) error {
	return t.exec("put a confirmation", `INSERT INTO confirmed (account, at) VALUES (?, ?)
		ON CONFLICT (account) DO UPDATE SET at = excluded.at`, string(account), micros(at))
}
