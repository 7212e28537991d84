package store

import (
	"encoding/hex"
	"errors"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Registration implements port.RegistrationTx.
func (t *transaction) Registration(account app.AccountID) (port.RegistrationRecord, error) {
	r := port.RegistrationRecord{Account: account}
	err := t.scan("read a registration", t.row(`SELECT settled, alone_until FROM registered WHERE account = ?`, string(account)),
		moment{&r.Settled}, moment{&r.AloneUntil})
	if errors.Is(err, port.ErrNotFound) {
		err = nil
	}
	return r, err
}

// PutRegistration implements port.RegistrationTx: it inserts or replaces.
func (t *transaction) PutRegistration(r port.RegistrationRecord) error {
	return t.exec("put a registration", `INSERT INTO registered (account, settled, alone_until) VALUES (?, ?, ?)
		ON CONFLICT (account) DO UPDATE SET settled = excluded.settled, alone_until = excluded.alone_until`,
		string(r.Account), micros(r.Settled), micros(r.AloneUntil))
}

// FormerChannels implements port.RegistrationTx.
func (t *transaction) FormerChannels(account app.AccountID, now time.Time) ([]port.FormerChannel, error) {
	read := func(row scanner) (c port.FormerChannel, err error) {
		var id string
		var address []byte
		if err := t.scan("read a former channel", row, &id, &c.Account, &c.Kind, &address, moment{&c.Until}); err != nil {
			return port.FormerChannel{}, err
		}
		address, err = t.unseal(address, "former_channel.address", id)
		c.Address = string(address)
		return c, err
	}
	return list(t, "list former channels", read, `SELECT id, account, kind, address, until FROM former_channel
		WHERE account = ? AND until >= ?`, string(account), micros(now))
}

// PutFormerChannel implements port.RegistrationTx.
func (t *transaction) PutFormerChannel(c port.FormerChannel) error {
	id := hex.EncodeToString(t.sealer.Index("former_channel|"+string(c.Account)+"|"+string(c.Kind), c.Address))
	address, err := t.seal([]byte(c.Address), "former_channel.address", id)
	if err != nil {
		return err
	}
	return t.exec("put a former channel", `INSERT INTO former_channel (id, account, kind, address, until) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET address = excluded.address, until = excluded.until`,
		id, string(c.Account), string(c.Kind), address, micros(c.Until))
}

// DropFormerChannels implements port.RegistrationTx.
func (t *transaction) DropFormerChannels(before time.Time) (int, error) {
	return t.count("drop former channels", `DELETE FROM former_channel WHERE until < ?`, micros(before))
}
