package store

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// PutHelpRequest implements port.HelpTx: it inserts or replaces.
func (t *transaction) PutHelpRequest(r port.HelpRequest) error {
	userID, err := t.seal([]byte(r.UserID), "help_request.user_id", r.Receipt)
	if err != nil {
		return err
	}
	return t.exec("put a help request", `INSERT INTO help_request (receipt, account, user_id, reason, created, closed, nobody)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (receipt) DO UPDATE SET account = excluded.account, user_id = excluded.user_id,
			reason = excluded.reason, created = excluded.created, closed = excluded.closed,
			nobody = excluded.nobody`,
		r.Receipt, string(r.Account), userID, string(r.Reason), micros(r.Created), micros(r.Closed), number(r.Nobody))
}

// OpenHelpRequest implements port.HelpTx. Requests of nobody in particular are not one person's.
func (t *transaction) OpenHelpRequest(account app.AccountID) (port.HelpRequest, error) {
	if account == "" {
		return port.HelpRequest{}, port.ErrNotFound
	}
	var r port.HelpRequest
	var userID []byte
	var nobody int
	err := t.scan("read a help request", t.row(`SELECT receipt, account, user_id, reason, created, closed, nobody
		FROM help_request WHERE account = `+someText+` AND closed = 0 ORDER BY created, receipt LIMIT 1`, string(account)),
		&r.Receipt, &r.Account, &userID, &r.Reason, moment{&r.Created}, moment{&r.Closed}, &nobody)
	if err != nil {
		return port.HelpRequest{}, err
	}
	if userID, err = t.unseal(userID, "help_request.user_id", r.Receipt); err != nil {
		return port.HelpRequest{}, err
	}
	r.UserID, r.Nobody = string(userID), nobody != 0
	return r, nil
}

// OpenOfNobody implements port.HelpTx.
func (t *transaction) OpenOfNobody() (n int, err error) {
	err = t.scan("count help requests", t.row(`SELECT COUNT(*) FROM help_request WHERE nobody = 1 AND closed = 0`), &n)
	return n, err
}

// DropOfNobody implements port.HelpTx.
func (t *transaction) DropOfNobody(before time.Time) (int, error) {
	return t.count("drop help requests", `DELETE FROM help_request WHERE nobody = 1 AND created < ?`, micros(before))
}
