package store

import (
	"errors"

	"github.com/sparekey/sparekey/backend/port"
)

// markName is a mark's name among what else the database knows of itself.
func markName(name string) string { return "mark." + name }

// Mark implements port.MarkTx.
func (t *transaction) Mark(name string) (string, error) {
	var sealed []byte
	err := t.scan("read a mark", t.row(`SELECT value FROM meta WHERE name = ?`, markName(name)), &sealed)
	if errors.Is(err, port.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	value, err := t.unseal(sealed, "meta.value", markName(name))
	return string(value), err
}

// PutMark implements port.MarkTx.
func (t *transaction) PutMark(name, value string) error {
	sealed, err := t.seal([]byte(value), "meta.value", markName(name))
	if err != nil {
		return err
	}
	return t.exec("put a mark", `INSERT INTO meta (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, markName(name), sealed)
}
