package store

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/pressly/goose/v3"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// schema is what a database says of itself: the text of each of its tables, indexes, views and triggers.
type schema map[object]string

// object is a table, an index, a view or a trigger, of a table.
type object struct{ kind, name, table string }

func readSchema(conn *sqlite.Conn) (schema, error) {
	rows, err := conn.Query(`SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_schema`)
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

// checkSnapshot is checkSchema on a snapshot.
func checkSnapshot(conn *sqlite.Conn) error {
	if _, err := conn.Exec(`BEGIN DEFERRED`); err != nil {
		return err
	}
	defer func() { _, _ = conn.Exec(`ROLLBACK`) }() // there is nothing to keep
	return checkSchema(conn)
}

// checkSchema compares the schema of a database with the one that the migrations make, up to the version that it says it
// has. One of a newer version, which another program may have written, has to have nothing that acts.
func checkSchema(conn *sqlite.Conn) error {
	have, err := readSchema(conn)
	if err != nil {
		return err
	}
	version, err := versionOf(conn, have)
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
func versionOf(conn *sqlite.Conn, s schema) (version int64, err error) {
	if _, told := s[object{"table", versions, versions}]; !told {
		return empty, nil
	}
	err = conn.Row(`SELECT COALESCE(MAX(version_id), 0) FROM ` + versions).Scan(&version)
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
	db, err := sqlite.Open(sqlite.InMemory, sqlite.Write)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }() // it is in memory
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
	var made schema
	err = sqlite.Raw(ctx, db, func(conn *sqlite.Conn) (err error) {
		made, err = readSchema(conn)
		return err
	})
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
	conn, err := s.readers.take(ctx)
	if err != nil {
		return failure("wait for a reader", err)
	}
	defer s.readers.give(conn)
	if err = checkSnapshot(conn); err != nil {
		s.checked.Store(unchecked)
	}
	return failure("check the schema", err)
}

// unchanged looks what others have done since the last time. Where SQLite says that the schema was changed it is checked again.
// Where another connection has written anything, the keys are refreshed: whoever makes a key writes to the database once it can
// be read, and from then on nothing is sealed under the one before.
func (s *Store) unchanged(conn *sqlite.Conn) error {
	var cookie, written int64
	if err := conn.Row(`PRAGMA schema_version`).Scan(&cookie); err != nil {
		return failure("read the schema's number", err)
	}
	if s.checked.Load() != cookie {
		if err := checkSchema(conn); err != nil {
			return failure("check the schema", err)
		}
		s.checked.Store(cookie)
	}
	if err := conn.Row(`PRAGMA data_version`).Scan(&written); err != nil {
		return failure("look whether others have written", err)
	}
	if s.seen != written {
		if err := s.sealer.Refresh(); err != nil {
			return app.Errorf(app.CodeUnavailable, "store: %w", err)
		}
		s.seen = written
	}
	return nil
}
