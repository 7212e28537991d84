package store_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// TestAMigrationThatFailsLeavesTheVersionBeforeStartable: of several that are missing the first ones work, and are not kept
// either. A store that is new is left as new.
func TestAMigrationThatFailsLeavesTheVersionBeforeStartable(t *testing.T) {
	for name, begun := range map[string]bool{"an older one": true, "a new one": false} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
			if begun {
				s := open(t, path, sealer)
				update(t, s, func(tx port.Tx) error { return tx.PutMark("kept", "as it was") })
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			back := store.SetMigrations(t, map[string]string{
				"09998_good.sql": `ALTER TABLE flow ADD COLUMN later TEXT; DROP TABLE confirmed; UPDATE meta SET value = X'00';`,
				"09999_bad.sql":  `ALTER TABLE nothing ADD COLUMN at_all TEXT;`,
			})
			if _, err := store.Open(t.Context(), path, sealer); err == nil || !strings.Contains(err.Error(), "nothing") {
				t.Fatalf("with a migration that fails: %v", err)
			}
			back()
			s := open(t, path, sealer)
			err := s.View(t.Context(), func(tx port.Tx) error {
				mark, err := tx.Mark("kept")
				if begun && mark != "as it was" {
					t.Errorf("kept: %q", mark)
				}
				return err
			})
			if err := errors.Join(err, s.Check(t.Context())); err != nil {
				t.Errorf("the version before: %v", err)
			}
		})
	}
}

// TestTheVersionBeforeRefusesWithWords: a newer program has brought the database up to date.
func TestTheVersionBeforeRefusesWithWords(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	back := store.SetMigrations(t, map[string]string{"09999_newer.sql": `ALTER TABLE flow ADD COLUMN newer TEXT;`})
	if err := open(t, path, sealer).Close(); err != nil {
		t.Fatal(err)
	}
	back()
	if _, err := store.Open(t.Context(), path, sealer); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), "version 9999") {
		t.Errorf("opened to be used: %v", err)
	}
	if err := store.Read(t.Context(), path, func(port.Tx) error { return nil }); !errors.Is(err, store.ErrNewer) {
		t.Errorf("opened to be read: %v", err)
	}
}

// TestAnUpgradeLeavesNothingOpen: the log is gone with the last connection.
func TestAnUpgradeLeavesNothingOpen(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	s, err := store.Open(t.Context(), path, keys(t, folder))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + "-[ws]*"); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
