//go:build !cgo

package sqlite

import (
	"database/sql/driver"
	"errors"
	"net/url"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const driverName = "sqlite"

func open(name string) (driver.Conn, error) { return (&sqlite.Driver{}).Open(name) }

func options(mode Mode) url.Values {
	o := url.Values{"_pragma": {"busy_timeout(" + patience + ")", "foreign_keys(1)"}}
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
	o["_pragma"] = append(o["_pragma"], "journal_mode(WAL)", "synchronous(FULL)")
	return o
}

// IsConstraint reports whether an error says that a statement would have broken a constraint.
func IsConstraint(err error) bool {
	var broken *sqlite.Error
	return errors.As(err, &broken) && broken.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}
