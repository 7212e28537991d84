package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/pressly/goose/v3"

	"github.com/sparekey/sparekey/backend/port"
)

// schema is what a database says of itself: the text of each of its tables, indexes, views and triggers.
type schema map[object]string

// object is a table, an index, a view or a trigger, of a table.
type object struct{ kind, name, table string }

// asker is a database, or a transaction.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readSchema(ctx context.Context, db asker) (schema, error) {
	rows, err := db.QueryContext(ctx, `SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_schema`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has told
	all := schema{}
	for rows.Next() {
		var o object
		var text string
		if err := rows.Scan(&o.kind, &o.name, &o.table, &text); err != nil {
			return nil, err
		}
		all[o] = text
	}
	return all, rows.Err()
}

// difference names the first object that is not as in want; nil for none.
func (s schema) difference(want schema) error {
	order := func(a, b object) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name)) }
	for _, o := range slices.SortedFunc(maps.Keys(s), order) {
		switch text, known := want[o]; {
		case !known:
			return fmt.Errorf("%w: %s %q is not ours", port.ErrTampered, o.kind, o.name)
		case text != s[o]:
			return fmt.Errorf("%w: %s %q is not as we made it", port.ErrTampered, o.kind, o.name)
		}
	}
	for _, o := range slices.SortedFunc(maps.Keys(want), order) {
		if _, there := s[o]; !there {
			return fmt.Errorf("%w: %s %q is missing", port.ErrTampered, o.kind, o.name)
		}
	}
	return nil
}

// acting names an object that acts, or shows something else than there is: no migration makes a trigger or a view.
func (s schema) acting() error {
	for o := range s {
		if o.kind != "table" && o.kind != "index" {
			return fmt.Errorf("%w: %s %q is not ours", port.ErrTampered, o.kind, o.name)
		}
	}
	return nil
}

// checkDatabase is checkSchema on a snapshot.
func checkDatabase(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to keep
	return checkSchema(ctx, tx)
}

// checkSchema compares the schema of a database with the one that the migrations make, up to the version that it says it
// has. One of a newer version, which another program may have written, has to have nothing that acts.
func checkSchema(ctx context.Context, db asker) error {
	have, err := readSchema(ctx, db)
	if err != nil {
		return err
	}
	version, err := versionOf(ctx, db, have)
	if err != nil {
		return err
	}
	newest, err := newestVersion()
	if err != nil {
		return err
	}
	if version > newest {
		return have.acting()
	}
	want, err := schemaAt(version)
	if err != nil {
		return err
	}
	return have.difference(want)
}

const versions = "goose_db_version"

// empty is the version of a database that nobody has begun to bring up to date.
const empty = -1

// versionOf is the version that a database says it has; 0 before the first migration.
func versionOf(ctx context.Context, db asker, s schema) (version int64, err error) {
	if _, told := s[object{"table", versions, versions}]; !told {
		return empty, nil
	}
	err = db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM `+versions).Scan(&version)
	return version, err
}

// newestVersion is the one that this program writes.
func newestVersion() (int64, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(names[len(names)-1])
}

var madeSchemas sync.Map // by their version; they never change

// schemaAt makes the schema of a version, in memory.
func schemaAt(version int64) (schema, error) {
	if made, is := madeSchemas.Load(version); is {
		return made.(schema), nil
	}
	if version == empty {
		return schema{}, nil
	}
	ctx := context.Background() // what is kept must not depend on who asked first
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // it is in memory
	db.SetMaxOpenConns(1)
	provider, err := newProvider(db)
	if err != nil {
		return nil, err
	}
	if _, _, err := provider.GetVersions(ctx); err != nil { // makes the table of versions
		return nil, err
	}
	if version > 0 {
		if _, err := provider.UpTo(ctx, version); err != nil {
			return nil, err
		}
	}
	made, err := readSchema(ctx, db)
	if err == nil {
		madeSchemas.Store(version, made)
	}
	return made, err
}

// unchecked is no number of SQLite's.
const unchecked = -1

// Check reports by port.ErrTampered that the schema is not as the program made it. Then each Update looks for itself, whatever
// number SQLite gives the schema: somebody may have put the number back.
func (s *Store) Check(ctx context.Context) error {
	err := checkDatabase(ctx, s.read)
	if err != nil {
		s.checked.Store(unchecked)
	}
	return failure("check the schema", err)
}

// unchanged checks the schema again where SQLite says that it was changed since the last time.
func (s *Store) unchanged(ctx context.Context, tx *sql.Tx) error {
	var cookie int64
	if err := tx.QueryRowContext(ctx, `PRAGMA schema_version`).Scan(&cookie); err != nil {
		return failure("read the schema's number", err)
	}
	if s.checked.Load() == cookie {
		return nil
	}
	if err := checkSchema(ctx, tx); err != nil {
		return failure("check the schema", err)
	}
	s.checked.Store(cookie)
	return nil
}
