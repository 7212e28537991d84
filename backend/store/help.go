package store

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// PutHelpRequest implements port.HelpTx: it inserts or replaces.
func (t *transaction) PutHelpRequest(r port.HelpRequest) error {
	userID, err := t.seal([]byte(r.UserID), "help_request.user_id", r.Receipt)
	if err != nil {
		return err
	}
	return t.exec("put a help request", `INSERT INTO help_request (receipt, account, user_id, reason, created, closed)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (receipt) DO UPDATE SET account = excluded.account, user_id = excluded.user_id,
			reason = excluded.reason, created = excluded.created, closed = excluded.closed`,
		r.Receipt, string(r.Account), userID, string(r.Reason), micros(r.Created), micros(r.Closed))
}

// OpenHelpRequest implements port.HelpTx. Requests of nobody in particular are not one person's.
func (t *transaction) OpenHelpRequest(account app.AccountID) (port.HelpRequest, error) {
	if account == "" {
		return port.HelpRequest{}, port.ErrNotFound
	}
	var r port.HelpRequest
	var userID []byte
	err := t.scan("read a help request", t.row(`SELECT receipt, account, user_id, reason, created, closed
		FROM help_request WHERE account = ? AND closed = 0 ORDER BY created, receipt LIMIT 1`, string(account)),
		&r.Receipt, &r.Account, &userID, &r.Reason, moment{&r.Created}, moment{&r.Closed})
	if err != nil {
		return port.HelpRequest{}, err
	}
	if userID, err = t.unseal(userID, "help_request.user_id", r.Receipt); err != nil {
		return port.HelpRequest{}, err
	}
	r.UserID = string(userID)
	return r, nil
}
