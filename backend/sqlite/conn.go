package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
)

// statement is a prepared one; both drivers' are.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// stmt is a statement, with room for what it is given and what it gives.
type stmt struct {
	statement
	args   []driver.NamedValue
	values []driver.Value // of a row
}

// Conn is one connection, for one user at a time. It speaks to the driver itself: database/sql begins a goroutine for each
// query of a transaction, to see whether its context ends. Statements stay prepared.
type Conn struct {
	raw   driver.Conn
	ready map[string]*stmt // that nobody reads from at the moment
	loose bool             // commits don't wait for the disk
}

// Connect opens a connection of its own.
func Connect(path string, mode Mode) (*Conn, error) {
	name, err := fileURL(path, options(mode))
	if err != nil {
		return nil, err
	}
	raw, err := open(name)
	if err != nil {
		return nil, err
	}
	return over(raw), nil
}

func over(raw driver.Conn) *Conn { return &Conn{raw: raw, ready: make(map[string]*stmt)} }

// Close closes it, with everything that is prepared.
func (c *Conn) Close() error { return errors.Join(c.unprepare(), c.raw.Close()) }

func (c *Conn) unprepare() error {
	var errs []error
	for _, s := range c.ready {
		errs = append(errs, s.Close())
	}
	clear(c.ready)
	return errors.Join(errs...)
}

// take gives a query's statement, which give takes back. A query that is being read from is prepared once more.
func (c *Conn) take(query string) (*stmt, error) {
	if s, ok := c.ready[query]; ok {
		delete(c.ready, query)
		return s, nil
	}
	raw, err := c.raw.Prepare(query)
	if err != nil {
		return nil, err
	}
	return &stmt{statement: raw.(statement)}, nil
}

func (c *Conn) give(query string, s *stmt) error {
	if _, twice := c.ready[query]; twice {
		return s.Close()
	}
	c.ready[query] = s
	return nil
}

// Exec runs a statement and gives how many rows it changed.
func (c *Conn) Exec(query string, args ...any) (int, error) {
	s, err := c.take(query)
	if err != nil {
		return 0, err
	}
	values, err := s.valuesOf(args)
	if err != nil {
		return 0, errors.Join(err, s.Close())
	}
	result, err := s.ExecContext(context.Background(), values) // one that ends costs a goroutine
	if err != nil {
		return 0, errors.Join(err, s.Close())
	}
	n, err := result.RowsAffected()
	return int(n), errors.Join(err, c.give(query, s))
}

// Flushing says whether commits from now on wait until they are on the disk (synchronous=FULL), as they do on a new connection, or
// not (NORMAL). Of those that don't wait, a kill of the process takes back nothing, and a power failure at most the last ones, each
// whole: they are durable with the next one that waits and writes, and with Flush. It must not be asked within a transaction.
func (c *Conn) Flushing(wait bool) error {
	if c.loose == !wait {
		return nil
	}
	level := "FULL"
	if !wait {
		level = "NORMAL"
	}
	s, err := c.raw.Prepare("PRAGMA synchronous = " + level) // does it; a prepared one would do it no second time
	if err != nil {
		return err
	}
	_, err = s.(statement).ExecContext(context.Background(), nil)
	c.loose = err == nil && !wait
	return errors.Join(err, s.Close())
}

// Query runs a query. What comes must be closed before the connection is used by another.
func (c *Conn) Query(query string, args ...any) (*Rows, error) {
	s, err := c.take(query)
	if err != nil {
		return nil, err
	}
	values, err := s.valuesOf(args)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	raw, err := s.QueryContext(context.Background(), values) // as above
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.values == nil {
		s.values = make([]driver.Value, len(raw.Columns()))
	}
	return &Rows{conn: c, query: query, stmt: s, raw: raw}, nil
}

// List reads every row of a query.
func List[R any](c *Conn, read func(Scanner) (R, error), query string, args ...any) (all []R, err error) {
	rows, err := c.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }() // also where read panics
	for rows.Next() {
		r, err := read(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// Scanner is a row, of one or of many.
type Scanner interface{ Scan(into ...any) error }

// Row is the first row of a query, if there is one.
func (c *Conn) Row(query string, args ...any) Row {
	rows, err := c.Query(query, args...)
	return Row{rows, err}
}

// Rows are a query's.
type Rows struct {
	conn  *Conn
	query string
	stmt  *stmt
	raw   driver.Rows
	err   error
}

// Next reads the next row; false after the last one, or where Err tells why.
func (r *Rows) Next() bool {
	if r.err != nil {
		return false
	}
	if r.err = r.raw.Next(r.stmt.values); r.err != nil {
		return false
	}
	return true
}

// Scan copies the row that was read.
func (r *Rows) Scan(into ...any) error { return scan(into, r.stmt.values) }

// Err is what ended the rows before their end.
func (r *Rows) Err() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}

// Close ends the reading.
func (r *Rows) Close() error {
	if r.stmt == nil {
		return nil
	}
	err := r.raw.Close()
	err = errors.Join(err, r.conn.give(r.query, r.stmt))
	r.stmt = nil
	return err
}

// Row is one row.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row; ErrNoRows where there is none.
func (r Row) Scan(into ...any) (err error) {
	if r.err != nil {
		return r.err
	}
	defer func() { err = errors.Join(err, r.rows.Close()) }()
	if r.rows.Next() {
		return r.rows.Scan(into...)
	}
	if err := r.rows.Err(); err != nil {
		return err
	}
	return ErrNoRows
}

// Raw runs f over the connection of a database that others use by database/sql. f must not keep it.
func Raw(ctx context.Context, db *sql.DB, f func(*Conn) error) error {
	shared, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	err = shared.Raw(func(raw any) error {
		conn := over(raw.(driver.Conn))
		err := f(conn)
		return errors.Join(err, conn.unprepare())
	})
	return errors.Join(err, shared.Close())
}
