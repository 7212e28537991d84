package store

import (
	"context"
	"errors"
	"math"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

const selectAudit = `SELECT seq, at, action, result, reason, account, by_whom, role, method, flow, support, station, station_id,
	network, prev, hash FROM audit `

// AuditHead implements port.AuditTx.
func (t *transaction) AuditHead() (port.AuditEntry, error) {
	head, err := t.readAudit(t.row(selectAudit + `ORDER BY seq DESC LIMIT 1`))
	if errors.Is(err, port.ErrNotFound) {
		return port.AuditEntry{}, nil
	}
	return head, err
}

// AppendAudit implements port.AuditTx. A number that is taken is refused: the trail does not fork.
func (t *transaction) AppendAudit(e port.AuditEntry) error {
	return t.exec("append to the audit trail", `INSERT INTO audit (seq, at, action, result, reason, account, by_whom, role,
			method, flow, support, station, station_id, network, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, micros(e.At), e.Action, e.Result, e.Reason, e.Account, e.By, e.Role, e.Method, e.Flow, e.Support, e.Station,
		e.StationID, e.Network, blob(e.Prev), blob(e.Hash))
}

// AuditFrom implements port.AuditTx.
func (t *transaction) AuditFrom(seq int64, n int) ([]port.AuditEntry, error) {
	return list(t, "read the audit trail", t.readAudit, selectAudit+`WHERE seq >= ? ORDER BY seq LIMIT `+limit, seq, n)
}

// AuditOfMessages implements port.AuditTx.
func (t *transaction) AuditOfMessages(account app.AccountID, n int) ([]port.AuditEntry, error) {
	return list(t, "read the audit trail of messages", t.readAudit, selectAudit+`WHERE account = `+someText+`
		AND action >= 'outbox.' AND action < 'outbox/' ORDER BY seq DESC LIMIT `+limit, string(account), n)
}

func (t *transaction) readAudit(row scanner) (port.AuditEntry, error) {
	var e port.AuditEntry
	err := t.scan("read the audit trail", row, &e.Seq, moment{&e.At}, &e.Action, &e.Result, &e.Reason, &e.Account,
		&e.By, &e.Role, &e.Method, &e.Flow, &e.Support, &e.Station, &e.StationID, &e.Network, &e.Prev, &e.Hash)
	if err != nil {
		return port.AuditEntry{}, err
	}
	return e, nil
}

// auditPage is how many entries ReadAudit hands over at once.
const auditPage = 1000

// ReadAudit gives the audit trail of the database at path to each, in order and in pages, from one snapshot. It opens
// the database as Read does. An error of each ends it, and is returned as it is.
func ReadAudit(ctx context.Context, path string, each func([]port.AuditEntry) error) error {
	return Read(ctx, path, func(tx port.Tx) error {
		for next := int64(math.MinInt64); ; {
			page, err := tx.AuditFrom(next, auditPage)
			if err != nil || len(page) == 0 {
				return err
			}
			if err := each(page); err != nil {
				return err
			}
			next = page[len(page)-1].Seq + 1
		}
	})
}
