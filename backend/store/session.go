package store

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectSession = `SELECT id, account, flow, access_hash, access_expires, refresh_hash, refresh_expires,
	previous_hash, used, created, proven_at, proven_by, by_pass, ended, generation, stamp, owed FROM session WHERE `

// Session implements port.SessionTx.
func (t *transaction) Session(id app.SessionID) (port.SessionRecord, error) {
	return t.readSession(t.row(selectSession+`id = ?`, string(id)))
}

// SessionByAccess implements port.SessionTx.
func (t *transaction) SessionByAccess(hash []byte) (port.SessionRecord, error) {
	return t.readSession(t.row(selectSession+`access_hash = ?`, blob(hash)))
}

// SessionByRefresh implements port.SessionTx.
func (t *transaction) SessionByRefresh(hash []byte) (port.SessionRecord, error) {
	return t.readSession(t.row(selectSession+`refresh_hash = ? OR previous_hash = ?`, blob(hash), blob(hash)))
}

// SessionByFlow implements port.SessionTx: the one that is good, or else the newest.
func (t *transaction) SessionByFlow(id app.FlowID) (port.SessionRecord, error) {
	return t.readSession(t.row(selectSession+`flow = `+someText+` ORDER BY ended <> 0, created DESC, id LIMIT 1`, string(id)))
}

// PutSession implements port.SessionTx: it inserts or replaces.
func (t *transaction) PutSession(r port.SessionRecord) error {
	return t.exec("put a session", `INSERT INTO session (id, account, flow, access_hash, access_expires, refresh_hash,
			refresh_expires, previous_hash, used, created, proven_at, proven_by, by_pass, ended, generation, stamp, owed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET account = excluded.account, flow = excluded.flow,
			access_hash = excluded.access_hash, access_expires = excluded.access_expires,
			refresh_hash = excluded.refresh_hash, refresh_expires = excluded.refresh_expires,
			previous_hash = excluded.previous_hash, used = excluded.used, created = excluded.created,
			proven_at = excluded.proven_at, proven_by = excluded.proven_by,
			by_pass = excluded.by_pass, ended = excluded.ended,
			generation = excluded.generation, stamp = excluded.stamp, owed = excluded.owed`,
		string(r.ID), string(r.Account), string(r.Flow), blob(r.AccessHash), micros(r.AccessExpires),
		blob(r.RefreshHash), micros(r.RefreshExpires), blob(r.PreviousHash), number(r.Used), micros(r.Created),
		micros(r.ProvenAt), string(r.ProvenBy), number(r.ByPass), micros(r.Ended),
		r.Generation, r.Stamp, string(r.Owed))
}

// EndSessions implements port.SessionTx; the good ones alone count.
func (t *transaction) EndSessions(account app.AccountID, at time.Time) (int, error) {
	return t.count("end sessions", `UPDATE session SET ended = ? WHERE account = ? AND ended = 0`,
		micros(at), string(account))
}

// EndExpiredSessions implements port.SessionTx.
func (t *transaction) EndExpiredSessions(before, at time.Time) (int, error) {
	if err := t.exec("end access tokens", `UPDATE session SET access_expires = ? WHERE ended = 0 AND access_expires < ? AND access_expires >= ?`,
		micros(at)-1, micros(before), micros(at)); err != nil {
		return 0, err
	}
	return t.count("end expired sessions", `UPDATE session SET ended = ?
		WHERE ended = 0 AND refresh_expires <> 0 AND refresh_expires < ?`, micros(at), micros(before))
}

// DropSessions implements port.SessionTx.
func (t *transaction) DropSessions(before time.Time) (int, error) {
	return t.count("drop sessions", `DELETE FROM session
		WHERE (refresh_expires <> 0 AND refresh_expires < ?) OR (ended <> 0 AND ended < ?)`,
		micros(before), micros(before))
}

func (t *transaction) readSession(row scanner) (port.SessionRecord, error) {
	var r port.SessionRecord
	var used, byPass int
	err := t.scan("read a session", row, &r.ID, &r.Account, &r.Flow, &r.AccessHash, moment{&r.AccessExpires},
		&r.RefreshHash, moment{&r.RefreshExpires}, &r.PreviousHash, &used, moment{&r.Created},
		moment{&r.ProvenAt}, &r.ProvenBy, &byPass, moment{&r.Ended},
		&r.Generation, &r.Stamp, &r.Owed)
	if err != nil {
		return port.SessionRecord{}, err
	}
	r.Used, r.ByPass = used != 0, byPass != 0
	return r, nil
}

// number is a truth value as SQLite keeps it.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
