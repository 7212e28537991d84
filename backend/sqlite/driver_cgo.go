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

func pragma(o url.Values, name, value string) { o.Set("_"+name, value) }

// IsConstraint reports whether an error says that a statement would have broken a constraint.
func IsConstraint(err error) bool {
	var broken sqlite3.Error
	return errors.As(err, &broken) && broken.Code == sqlite3.ErrConstraint
}
