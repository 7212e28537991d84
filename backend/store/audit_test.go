package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sparekey/sparekey/backend/audit" // the real chain: what it linked must come back as it was
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
)

// linked keeps n entries.
func linked(t *testing.T, path string, n int) *store.Store {
	t.Helper()
	s := open(t, path, keys(t, filepath.Dir(path)))
	update(t, s, func(tx port.Tx) error {
		var head port.AuditEntry
		for range n {
			head = audit.Chain{}.Link(head, port.AuditEntry{At: start, Action: "sign_in", Result: "failed"})
			if err := tx.AppendAudit(head); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

// verified reads the trail and says how many entries it has.
func verified(t *testing.T, path string) int64 {
	t.Helper()
	v := audit.NewVerifier(nil)
	if err := store.ReadAudit(t.Context(), path, v.Next); err != nil {
		t.Fatal(err)
	}
	entries, _ := v.Sums()
	return entries
}

func TestTheTrailIsReadWithoutTheStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparekey.db")
	s := linked(t, path, 2001)
	if n := verified(t, path); n != 2001 {
		t.Errorf("beside a program at work: %d entries, want 2001", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := verified(t, path); n != 2001 {
		t.Errorf("after it: %d entries, want 2001", n)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("reading changed the database (%v)", err)
	}
}

func TestReadingTheTrailMakesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if err := store.ReadAudit(t.Context(), path, audit.NewVerifier(nil).Next); err == nil {
		t.Error("a database that is not there was read")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a database was made")
	}
}

func TestReadingTheTrailEndsWithTheFirstError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sparekey.db")
	linked(t, path, 1001)
	enough, calls := errors.New("enough"), 0
	err := store.ReadAudit(t.Context(), path, func([]port.AuditEntry) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("got %v after %d calls", err, calls)
	}
}
