package store

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/sqlite"
)

// plain seals nothing: these tests ask the connections, which only this package can reach.
type plain struct{}

func (plain) Seal(b []byte, _ string) ([]byte, error) { return b, nil }
func (plain) Open(b []byte, _ string) ([]byte, error) { return b, nil }
func (plain) Refresh() error                          { return nil }
func (plain) Current([]byte) bool                     { return true }
func (plain) Index(string, string) []byte             { return nil }

func TestConnectionsAreDurable(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "sparekey.db"), plain{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	reader, err := s.readers.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.readers.give(reader)
	for name, conn := range map[string]*sqlite.Conn{"writer": s.writer.conn, "reader": reader} {
		queryOnly, temporary := "0", "2" // MEMORY: parts of a round are undone without a file
		if conn == reader {
			queryOnly, temporary = "1", "0"
		}
		for pragma, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2" /* FULL */, "foreign_keys": "1", "busy_timeout": "10000",
			"query_only": queryOnly, "temp_store": temporary,
		} {
			column := strings.TrimPrefix(pragma, "busy_")
			var got string
			if err := conn.Row("SELECT CAST(" + column + " AS TEXT) FROM pragma_" + pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s = %q, %v; want %q", name, pragma, got, err, want)
			}
		}
	}
}

// TestNoMigrationMakesWhatActs: beside a newer version of the program, a trigger or a view is what somebody else made.
func TestNoMigrationMakesWhatActs(t *testing.T) {
	newest, err := newestVersion()
	if err != nil {
		t.Fatal(err)
	}
	for version := range newest + 1 {
		made, err := schemaAt(version)
		if err != nil || len(made) == 0 {
			t.Fatalf("version %d: %v", version, err)
		}
		if err := made.acting(); err != nil {
			t.Errorf("version %d: %v", version, err)
		}
	}
}
