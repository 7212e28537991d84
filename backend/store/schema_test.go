package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/store"
)

// foreign are changes of the schema that somebody with the database's file may make: the threat of a trail, or a lock, that the
// database itself undoes. Each names what it puts or takes.
var foreign = map[string]string{
	"hush":               `CREATE TRIGGER hush AFTER INSERT ON audit BEGIN DELETE FROM audit WHERE seq = NEW.seq; END`,
	"deaf":               `CREATE TRIGGER deaf BEFORE INSERT ON audit BEGIN SELECT RAISE(IGNORE); END`,
	"polite":             `CREATE TRIGGER polite AFTER INSERT ON audit WHEN NEW.result = 'failed' BEGIN UPDATE audit SET result = 'succeeded' WHERE seq = NEW.seq; END`,
	"elsewhere":          `CREATE TRIGGER elsewhere AFTER UPDATE ON flow BEGIN DELETE FROM audit; END`,
	"uncounted":          `CREATE TRIGGER uncounted AFTER UPDATE ON counters BEGIN UPDATE counters SET tally = 0; END`,
	"peek":               `CREATE VIEW peek AS SELECT * FROM audit`,
	"notes":              `CREATE TABLE notes (text TEXT)`,
	"quick":              `CREATE INDEX quick ON audit (account)`,
	"credential_handle":  `DROP INDEX credential_handle`,
	"confirmed":          `DROP TABLE confirmed`,
	"help_request":       `ALTER TABLE help_request ADD COLUMN more TEXT`,
	"session":            `ALTER TABLE session RENAME COLUMN used TO spent`,
	"outbox":             `ALTER TABLE outbox RENAME TO renamed`,
	"mark":               `CREATE TRIGGER "mark" INSTEAD OF INSERT ON "audit view" BEGIN SELECT 1; END`, // after the view
	"credential_account": `DROP INDEX credential_account; CREATE INDEX credential_account ON credential (account)`,
}

// tamper runs SQL beside the program.
func tamper(t *testing.T, path, query string) {
	t.Helper()
	db, err := sqlite.Open(path, sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if strings.Contains(query, `"audit view"`) {
		query = `CREATE VIEW "audit view" AS SELECT * FROM audit; ` + query
	}
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestADatabaseThatSomebodyChangedIsRefused(t *testing.T) {
	for name, query := range foreign {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
			s := open(t, path, sealer)
			if err := s.Check(t.Context()); err != nil {
				t.Fatalf("as it was made: %v", err)
			}
			tamper(t, path, query)
			refused := func(when string, err error) {
				t.Helper()
				if !errors.Is(err, port.ErrTampered) || !strings.Contains(err.Error(), name) && name != "mark" {
					t.Errorf("%s: %v", when, err)
				}
			}
			ran := false
			err := s.Update(t.Context(), func(port.Tx) error { ran = true; return nil })
			if refused("beside the program", err); ran || app.CodeOf(err) != app.CodeUnavailable {
				t.Errorf("something was done (%v), code %s", ran, app.CodeOf(err))
			}
			refused("looked at now and then", s.Check(t.Context()))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			again, err := store.Open(t.Context(), path, sealer)
			if refused("at start", err); again != nil {
				t.Error("it is open")
			}
			refused("verified", store.ReadAudit(t.Context(), path, audit.NewVerifier(nil).Next))
		})
	}
}

// TestWhatIsPutRightIsTakenAgain: the program goes on when the foreign trigger is gone.
func TestWhatIsPutRightIsTakenAgain(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	s := open(t, path, keys(t, folder))
	tamper(t, path, foreign["hush"])
	if err := s.Update(t.Context(), func(port.Tx) error { return nil }); !errors.Is(err, port.ErrTampered) {
		t.Errorf("with a trigger: %v", err)
	}
	tamper(t, path, `DROP TRIGGER hush`)
	update(t, s, func(port.Tx) error { return nil })
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestWhoPutsTheNumberBackIsFound: SQLite's number of the schema can be written, too.
func TestWhoPutsTheNumberBackIsFound(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	s := open(t, path, keys(t, folder))
	update(t, s, func(port.Tx) error { return nil })
	db, err := sqlite.Open(path, sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var number int
	if err := db.QueryRow(`PRAGMA schema_version`).Scan(&number); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(fmt.Sprintf(`%s; PRAGMA schema_version = %d`, foreign["hush"], number)); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); !errors.Is(err, port.ErrTampered) {
		t.Errorf("looked at: %v", err)
	}
	if err := s.Update(t.Context(), func(port.Tx) error { return nil }); !errors.Is(err, port.ErrTampered) {
		t.Errorf("afterwards: %v", err)
	}
}

// TestAForeignTriggerNeverRunsInAMigration: a database of an older version is looked at before it is brought up to date.
func TestAForeignTriggerNeverRunsInAMigration(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	if err := open(t, path, sealer).Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, path, `DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)`)
	if _, err := store.Open(t.Context(), path, sealer); !errors.Is(err, port.ErrTampered) {
		t.Errorf("a newer schema that says it is an older one: %v", err)
	}
}

// TestAMigrationThatWasCutShortGoesOn: the program may have been killed before the first of them.
func TestAMigrationThatWasCutShortGoesOn(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	db, err := sqlite.Open(path, sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.BeginMigration(t.Context(), db), db.Close()); err != nil {
		t.Fatal(err)
	}
	update(t, open(t, path, keys(t, folder)), func(port.Tx) error { return nil })
}

// TestANewerSchemaBesideThisProgram: while servers are exchanged, a newer one has brought the database up to date. What this
// program does not know may be the newer one's; a trigger or a view is nobody's.
func TestANewerSchemaBesideThisProgram(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	s := open(t, path, keys(t, folder))
	tamper(t, path, `ALTER TABLE flow ADD COLUMN newer TEXT; CREATE TABLE newer (a TEXT); CREATE INDEX newer_a ON newer (a);
		INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	update(t, s, func(port.Tx) error { return nil })
	tamper(t, path, foreign["uncounted"])
	if err := s.Update(t.Context(), func(port.Tx) error { return nil }); !errors.Is(err, port.ErrTampered) {
		t.Errorf("with a trigger: %v", err)
	}
}
