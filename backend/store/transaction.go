package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// transaction is the port.Tx. Its methods stand in one file a noun.
type transaction struct {
	ctx    context.Context
	tx     *sql.Tx
	known  *statements // nil: none are prepared
	sealer port.Sealer
	blank  []byte // what openEither opens where there is nothing
}

var _ port.Tx = (*transaction)(nil)

// failure turns an error of SQL into ours: ErrNotFound, CodeInternal where a constraint was broken (the program is
// wrong), CodeUnavailable otherwise (the disk is full, the file is locked). SQLite's texts name columns, never values.
func failure(doing string, err error) error {
	var broken *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return port.ErrNotFound
	case errors.As(err, &broken) && broken.Code()&0xff == sqlite3.SQLITE_CONSTRAINT:
		return app.Errorf(app.CodeInternal, "store: %s: %w", doing, err)
	}
	return app.Errorf(app.CodeUnavailable, "store: %s: %w", doing, err)
}

func (t *transaction) exec(doing, query string, args ...any) error {
	_, err := t.run(query, args)
	return failure(doing, err)
}

func (t *transaction) run(query string, args []any) (sql.Result, error) {
	if stmt := t.known.of(query); stmt != nil {
		return t.tx.StmtContext(t.ctx, stmt).ExecContext(t.ctx, args...)
	}
	return t.tx.ExecContext(t.ctx, query, args...)
}

// count runs a query and tells how many rows it changed.
func (t *transaction) count(doing, query string, args ...any) (int, error) {
	result, err := t.run(query, args)
	if err != nil {
		return 0, failure(doing, err)
	}
	n, err := result.RowsAffected()
	return int(n), failure(doing, err)
}

// scanner is a row, of one or of many.
type scanner interface{ Scan(into ...any) error }

func (t *transaction) row(query string, args ...any) scanner {
	if stmt := t.known.of(query); stmt != nil {
		return t.tx.StmtContext(t.ctx, stmt).QueryRowContext(t.ctx, args...)
	}
	return t.tx.QueryRowContext(t.ctx, query, args...)
}

func (t *transaction) scan(doing string, row scanner, into ...any) error {
	return failure(doing, row.Scan(into...))
}

func (t *transaction) rows(query string, args []any) (*sql.Rows, error) {
	if stmt := t.known.of(query); stmt != nil {
		return t.tx.StmtContext(t.ctx, stmt).QueryContext(t.ctx, args...)
	}
	return t.tx.QueryContext(t.ctx, query, args...)
}

// list reads every row of a query.
func list[R any](t *transaction, doing string, read func(scanner) (R, error), query string, args ...any) ([]R, error) {
	rows, err := t.rows(query, args)
	if err != nil {
		return nil, failure(doing, err)
	}
	defer func() { _ = rows.Close() }() // rows.Err has told
	var all []R
	for rows.Next() {
		r, err := read(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, failure(doing, rows.Err())
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
