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

func pragma(o url.Values, name, value string) { o.Add("_pragma", name+"("+value+")") }

// IsConstraint reports whether an error says that a statement would have broken a constraint.
func IsConstraint(err error) bool {
	var broken *sqlite.Error
	return errors.As(err, &broken) && broken.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}
