package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/sparekey/sparekey/backend/sqlite"
)

func connect(t *testing.T, path string, mode sqlite.Mode) *sqlite.Conn {
	t.Helper()
	conn, err := sqlite.Connect(path, mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return conn
}

func run(t *testing.T, conn *sqlite.Conn, query string, args ...any) int {
	t.Helper()
	n, err := conn.Exec(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// people is a connection to a database in memory with three rows.
func people(t *testing.T) *sqlite.Conn {
	t.Helper()
	conn := connect(t, sqlite.InMemory, sqlite.Write)
	run(t, conn, `CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, key BLOB, admin INTEGER NOT NULL) STRICT`)
	for _, name := range []string{"ana", "ben", "cleo"} {
		run(t, conn, `INSERT INTO person (name, key, admin) VALUES (?, ?, ?)`, name, []byte(name), name == "ben")
	}
	return conn
}

type userID string

func TestRowsAreReadIntoTheirTypes(t *testing.T) {
	conn := people(t)
	var id int64
	var name userID
	var key []byte
	var admin bool
	if err := conn.Row(`SELECT id, name, key, admin FROM person WHERE name = ?`, "ben").Scan(&id, &name, &key, &admin); err != nil {
		t.Fatal(err)
	}
	if id != 2 || name != "ben" || string(key) != "ben" || !admin {
		t.Errorf("read %d %q %q %v", id, name, key, admin)
	}
	if n := run(t, conn, `UPDATE person SET key = ? WHERE id > ?`, nil, 1); n != 2 {
		t.Errorf("%d rows changed", n)
	}
	if err := conn.Row(`SELECT key FROM person WHERE id = 3`).Scan(&key); err != nil || key != nil {
		t.Errorf("NULL is read as %q, %v", key, err)
	}
	if err := conn.Row(`SELECT id FROM person WHERE name = 'dora'`).Scan(&id); !errors.Is(err, sqlite.ErrNoRows) {
		t.Errorf("nobody: %v", err)
	}
	for query, place := range map[string]any{
		`SELECT name FROM person`: &id, `SELECT id FROM person`: &name, `SELECT 7`: &admin, `SELECT 300`: new(int8), `SELECT id, name FROM person`: &id,
	} {
		if err := conn.Row(query).Scan(place); err == nil {
			t.Errorf("%s went into a %T", query, place)
		}
	}
}

// TestAQueryWithinItself: a statement that is being read from is not begun anew under its reader.
func TestAQueryWithinItself(t *testing.T) {
	conn := people(t)
	const query = `SELECT name FROM person ORDER BY id`
	names := func(read func(string)) {
		rows, err := conn.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				t.Fatal(err)
			}
			read(name)
		}
		if err := errors.Join(rows.Err(), rows.Close(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	pairs := ""
	for range 2 {
		names(func(a string) { names(func(b string) { pairs += a[:1] + b[:1] + " " }) })
	}
	if want := "aa ab ac ba bb bc ca cb cc "; pairs != want+want {
		t.Errorf("read %s", pairs)
	}
}

func TestAStatementThatFailedCanBeRunAgain(t *testing.T) {
	conn := people(t)
	const insert = `INSERT INTO person (name, admin) VALUES (?, 0)`
	for range 2 {
		if _, err := conn.Exec(insert, "ana"); !sqlite.IsConstraint(err) {
			t.Errorf("the same name once more: %v", err)
		}
	}
	if _, err := conn.Exec(`SELECT nothing`); err == nil || sqlite.IsConstraint(err) {
		t.Errorf("no such column: %v", err)
	}
	run(t, conn, insert, "dora")
	found, err := sqlite.List(conn, func(row sqlite.Scanner) (name string, err error) {
		err = row.Scan(&name)
		return name, err
	}, `SELECT name FROM person WHERE name > ? ORDER BY name`, "b")
	if err != nil || len(found) != 3 || found[2] != "dora" {
		t.Errorf("found %v, %v", found, err)
	}
}

func TestWhoMayWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder?with#odd names", "people.db")
	if err := sqlite.Create(path); err != nil {
		t.Fatal(err)
	}
	run(t, connect(t, path, sqlite.Write), `CREATE TABLE person (name TEXT) STRICT`)
	for _, mode := range []sqlite.Mode{sqlite.QueryOnly, sqlite.ReadOnly} {
		if _, err := connect(t, path, mode).Exec(`INSERT INTO person VALUES ('ana')`); err == nil {
			t.Errorf("mode %d writes", mode)
		}
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if conn, err := sqlite.Connect(filepath.Join(t.TempDir(), "none.db"), sqlite.ReadOnly); err == nil {
		t.Errorf("a database that is not there is open: %v", conn.Close())
	}
}

func TestMemoryIsShared(t *testing.T) {
	path := sqlite.Memory()
	run(t, connect(t, path, sqlite.Write), `CREATE TABLE shared (name TEXT) STRICT`)
	run(t, connect(t, path, sqlite.Write), `INSERT INTO shared VALUES ('ana')`)
	if _, err := connect(t, sqlite.Memory(), sqlite.Write).Exec(`INSERT INTO shared VALUES ('ben')`); err == nil {
		t.Error("another memory is the same")
	}
}

// TestAPanicLeavesNoReader: a query that nobody ended would keep its snapshot, and a connection that has an old one can't write.
func TestAPanicLeavesNoReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "people.db")
	if err := sqlite.Create(path); err != nil {
		t.Fatal(err)
	}
	reader, writer := connect(t, path, sqlite.Write), connect(t, path, sqlite.Write)
	run(t, reader, `CREATE TABLE person (id INTEGER PRIMARY KEY) STRICT`)
	run(t, reader, `INSERT INTO person VALUES (1), (2), (3)`)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, _ = sqlite.List(reader, func(sqlite.Scanner) (int, error) { panic("read") }, `SELECT id FROM person`)
	}()
	run(t, writer, `INSERT INTO person VALUES (4)`)
	run(t, reader, `BEGIN IMMEDIATE`)
	run(t, reader, `ROLLBACK`)
}

// TestFlushing: a connection waits for the disk until it is told otherwise, and again as often as it is told so.
func TestFlushing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	if err := sqlite.Create(path); err != nil {
		t.Fatal(err)
	}
	conn := connect(t, path, sqlite.Write)
	waits := func(want bool) {
		t.Helper()
		var level int64
		if err := conn.Row(`SELECT synchronous FROM pragma_synchronous`).Scan(&level); err != nil || (level == 2) != want || level == 0 {
			t.Errorf("synchronous is %d, %v; want that it waits: %v", level, err, want)
		}
	}
	waits(true)
	for range 3 {
		for _, wait := range []bool{false, false, true, true} {
			if err := conn.Flushing(wait); err != nil {
				t.Fatal(err)
			}
			waits(wait)
		}
	}
	run(t, conn, `BEGIN`)
	if err := conn.Flushing(false); err == nil {
		t.Error("it was told within a transaction, and took that")
	}
	run(t, conn, `ROLLBACK`)
	if err := conn.Flushing(true); err != nil {
		t.Fatal(err)
	}
	waits(true)
	run(t, conn, `CREATE TABLE t (a INTEGER) STRICT`)
	if err := sqlite.Flush(path); err != nil {
		t.Error(err)
	}
	if err := sqlite.Flush(filepath.Join(t.TempDir(), "none.db")); err != nil {
		t.Errorf("a database that is closed: %v", err)
	}
}
