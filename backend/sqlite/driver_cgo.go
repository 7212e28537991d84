//go:build cgo

package sqlite

import (
	"database/sql/driver"
	"errors"
	"net/url"

	"github.com/mattn/go-sqlite3"
)

const driverName = "sqlite3"

func open(name string) (driver.Conn, error) { return (&sqlite3.SQLiteDriver{}).Open(name) }

func options(mode Mode) url.Values {
	o := url.Values{"_busy_timeout": {patience}, "_foreign_keys": {"1"}}
	switch mode {
	case Write:
		o.Set("_txlock", "immediate")
	case QueryOnly:
		o.Set("_query_only", "1")
	case ReadOnly:
		o.Set("mode", "ro")
		o.Set("_query_only", "1")
		return o
	}
	o.Set("_journal_mode", "WAL")
	o.Set("_synchronous", "FULL")
	return o
}

// IsConstraint reports whether an error says that a statement would have broken a constraint.
func IsConstraint(err error) bool {
	var broken sqlite3.Error
	return errors.As(err, &broken) && broken.Code == sqlite3.ErrConstraint
}
