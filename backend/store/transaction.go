package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// transaction is the port.Tx. Its methods stand in one file a noun.
type transaction struct {
	ctx    context.Context
	conn   *sqlite.Conn
	reads  bool // and can't write
	round  int64
	first  bool // of its round: nothing that may be taken back lies before it
	sealer port.Sealer
	turns  *turns
	blank  []byte                    // what openEither opens where there is nothing
	known  map[rowOf]func() []column // as they were read, or put
	counts map[string]port.Counter   // as they were read, or put
}

var _ port.Tx = (*transaction)(nil)

// Placeholders for what SQLite would plan for the value of, were they bare: what follows LIMIT, and what a column is equal to in
// a query that sorts. It would read the prepared text anew each time, which takes ten times as long as the query.
const (
	limit    = `CAST(? AS INTEGER)`
	someText = `CAST(? AS TEXT)`
	someHash = `CAST(? AS BLOB)`
)

// failure turns an error of SQL into ours: ErrNotFound, CodeInternal where a constraint was broken (the program is
// wrong), CodeUnavailable otherwise (the disk is full, the file is locked). SQLite's texts name columns, never values.
func failure(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sqlite.ErrNoRows):
		return port.ErrNotFound
	case sqlite.IsConstraint(err):
		return app.Errorf(app.CodeInternal, "store: %s: %w", doing, err)
	}
	return app.Errorf(app.CodeUnavailable, "store: %s: %w", doing, err)
}

// Round implements port.Tx.
func (t *transaction) Round() (number int64, first bool) { return t.round, t.first }

func (t *transaction) exec(doing, query string, args ...any) error {
	_, err := t.count(doing, query, args...)
	return err
}

// count runs a query and tells how many rows it changed.
func (t *transaction) count(doing, query string, args ...any) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, failure(doing, err)
	}
	n, err := t.conn.Exec(query, args...)
	return n, failure(doing, err)
}

type scanner = sqlite.Scanner

func (t *transaction) row(query string, args ...any) scanner { return t.conn.Row(query, args...) }

func (t *transaction) scan(doing string, row scanner, into ...any) error {
	return failure(doing, row.Scan(into...))
}

// list reads every row of a query.
func list[R any](t *transaction, doing string, read func(scanner) (R, error), query string, args ...any) ([]R, error) {
	if err := t.ctx.Err(); err != nil {
		return nil, failure(doing, err)
	}
	all, err := sqlite.List(t.conn, read, query, args...)
	return all, failure(doing, err)
}

// seal seals a value for "table.column|id"; an empty one stays NULL.
func (t *transaction) seal(plain []byte, column, id string) (any, error) {
	if len(plain) == 0 {
		return nil, nil
	}
	sealed, err := t.sealer.Seal(plain, column+"|"+id)
	if err != nil {
		return nil, fmt.Errorf("store: seal %s: %w", column, err)
	}
	return sealed, nil
}

func (t *transaction) unseal(sealed []byte, column, id string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	plain, err := t.sealer.Open(sealed, column+"|"+id)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", column, err)
	}
	return plain, nil
}

// openEither is unseal, in the time that it takes to open something where there is nothing to open.
func (t *transaction) openEither(sealed []byte, column, id string) ([]byte, error) {
	if len(sealed) > 0 || len(t.blank) == 0 {
		return t.unseal(sealed, column, id)
	}
	_, err := t.sealer.Open(t.blank, keysPlace)
	return nil, err
}

// blob keeps an empty value as NULL, which is equal to nothing: a look-up by an empty hash finds nothing.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// micros is a time at rest; 0 is the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// moment reads a time at rest.
type moment struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(value any) error {
	us, ok := value.(int64)
	if !ok {
		return fmt.Errorf("a time is %T", value)
	}
	*m.t = time.Time{}
	if us != 0 {
		*m.t = time.UnixMicro(us).UTC()
	}
	return nil
}
