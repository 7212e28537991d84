package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// Whole runs f in one transaction. f gets the connection once more, as a database: each transaction of that is a part of the
// one, and all are kept together when f returns nil, or none. f must not keep it.
func (c *Conn) Whole(f func(*sql.DB) error) (err error) {
	if _, err := c.Exec(`BEGIN IMMEDIATE`); err != nil {
		return err
	}
	kept := false
	defer func() {
		if !kept { // f failed, or panicked
			_, _ = c.Exec(`ROLLBACK`)
		}
	}()
	db := sql.OpenDB(joined{c.raw})
	db.SetMaxOpenConns(1)
	defer func() { _ = db.Close() }() // the connection stays
	if err := f(db); err != nil {
		return err
	}
	if _, err := c.Exec(`COMMIT`); err != nil {
		return err
	}
	kept = true
	return nil
}

// joined is a connection within a transaction, as database/sql wants it.
type joined struct{ raw driver.Conn }

// Connect implements driver.Connector.
func (j joined) Connect(context.Context) (driver.Conn, error) { return j, nil }

// Driver implements driver.Connector.
func (j joined) Driver() driver.Driver { return nil }

// Prepare implements driver.Conn.
func (j joined) Prepare(query string) (driver.Stmt, error) { return j.raw.Prepare(query) }

// Close implements driver.Conn. Who lent the connection closes it.
func (j joined) Close() error { return nil }

// Begin implements driver.Conn.
func (j joined) Begin() (driver.Tx, error) { return j, j.run(`SAVEPOINT joined`) }

// Commit implements driver.Tx.
func (j joined) Commit() error { return j.run(`RELEASE joined`) }

// Rollback implements driver.Tx.
func (j joined) Rollback() error {
	if err := j.run(`ROLLBACK TO joined`); err != nil {
		return err
	}
	return j.run(`RELEASE joined`)
}

func (j joined) run(query string) error {
	conn := over(j.raw)
	_, err := conn.Exec(query)
	return errors.Join(err, conn.unprepare())
}
