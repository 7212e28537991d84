package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/sparekey/sparekey/backend/sqlite"
)

// TestAPanicLeavesNoReader: a query that nobody ended would keep its snapshot, and a connection that has an old one can't write.
func TestAPanicLeavesNoReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	if err := sqlite.Create(path); err != nil {
		t.Fatal(err)
	}
	var conns [2]*sqlite.Conn
	for i := range conns {
		conn, err := sqlite.Connect(path, sqlite.Write)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns[i] = conn
	}
	exec := func(conn *sqlite.Conn, query string) {
		t.Helper()
		if _, err := conn.Exec(query); err != nil {
			t.Fatal(query, err)
		}
	}
	exec(conns[0], `CREATE TABLE t (x INTEGER)`)
	exec(conns[0], `INSERT INTO t VALUES (1), (2), (3)`)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, _ = sqlite.List(conns[0], func(sqlite.Scanner) (int, error) { panic("read") }, `SELECT x FROM t`)
	}()
	exec(conns[1], `INSERT INTO t VALUES (4)`)
	exec(conns[0], `BEGIN IMMEDIATE`)
	exec(conns[0], `ROLLBACK`)
}
