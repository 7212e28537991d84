package store

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Objection implements port.ObjectionTx.
func (t *transaction) Objection(hash []byte) (port.ObjectionRecord, error) {
	r := port.ObjectionRecord{Hash: hash}
	err := t.scan("read an objection", t.row(`SELECT account, event, at, expires, spent FROM objection WHERE hash = ?`, blob(hash)),
		&r.Account, &r.Event, moment{&r.At}, moment{&r.Expires}, moment{&r.Spent})
	if err != nil {
		return port.ObjectionRecord{}, err
	}
	return r, nil
}

// PutObjection implements port.ObjectionTx.
func (t *transaction) PutObjection(r port.ObjectionRecord) error {
	return t.exec("put an objection", `INSERT INTO objection (hash, account, event, at, expires, spent) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (hash) DO UPDATE SET account = excluded.account, event = excluded.event, at = excluded.at,
			expires = excluded.expires, spent = excluded.spent`,
		blob(r.Hash), string(r.Account), string(r.Event), micros(r.At), micros(r.Expires), micros(r.Spent))
}

// SpendObjections implements port.ObjectionTx.
func (t *transaction) SpendObjections(account app.AccountID, at time.Time) (int, error) {
	return t.count("spend an account's objections", `UPDATE objection SET spent = ? WHERE account = ? AND spent = ?`,
		micros(at), string(account), micros(time.Time{}))
}

// DropObjections implements port.ObjectionTx.
func (t *transaction) DropObjections(before time.Time) (int, error) {
	return t.count("drop objections", `DELETE FROM objection WHERE expires < ?`, micros(before))
}

// Frozen implements port.ObjectionTx.
func (t *transaction) Frozen(account app.AccountID) (port.FrozenRecord, error) {
	r := port.FrozenRecord{Account: account}
	err := t.scan("read a freeze", t.row(`SELECT since, event, before FROM frozen WHERE account = ?`, string(account)),
		moment{&r.Since}, &r.Event, moment{&r.Before})
	if err != nil {
		return port.FrozenRecord{}, err
	}
	return r, nil
}

// PutFrozen implements port.ObjectionTx.
func (t *transaction) PutFrozen(r port.FrozenRecord) error {
	return t.exec("put a freeze", `INSERT INTO frozen (account, since, event, before) VALUES (?, ?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET since = excluded.since, event = excluded.event, before = excluded.before`,
		string(r.Account), micros(r.Since), string(r.Event), micros(r.Before))
}

// DeleteFrozen implements port.ObjectionTx.
func (t *transaction) DeleteFrozen(account app.AccountID) (int, error) {
	return t.count("lift a freeze", `DELETE FROM frozen WHERE account = ?`, string(account))
}
