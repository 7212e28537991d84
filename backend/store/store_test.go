package store_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/store/storetest"
	"github.com/sparekey/sparekey/backend/vault" // the real sealer: sealed columns are the store's promise
)

var start = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)

// keys makes a vault beside the database.
func keys(t testing.TB, folder string) *vault.Vault {
	t.Helper()
	master, err := vault.NewMaster(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Create(filepath.Join(folder, "keys.json"), master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func open(t testing.TB, path string, sealer port.Sealer) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), path, sealer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func fresh(t testing.TB) *store.Store {
	folder := t.TempDir()
	return open(t, filepath.Join(folder, "sparekey.db"), keys(t, folder))
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) port.Store { return fresh(t) })
}

func update(t testing.TB, s port.Store, f func(port.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// TestSealedColumnsAreUnreadable plants a canary in each sealed field and looks for it in every file.
func TestSealedColumnsAreUnreadable(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "sparekey.db"), keys(t, folder))
	const canary, plain = "CANARY", "in-the-clear"
	update(t, s, func(tx port.Tx) error {
		for _, err := range []error{
			tx.PutFlow(port.FlowRecord{ID: plain, State: []byte(canary), LastAnswer: []byte(canary)}),
			tx.PutCredential(port.CredentialRecord{ID: "C", Secret: []byte(canary), Masked: canary, Address: canary}),
			tx.Enqueue(port.OutboxRecord{ID: "M", Message: app.Message{
				To: canary, Code: canary, Params: map[string]string{"p": canary},
			}}),
			tx.PutHelpRequest(port.HelpRequest{Receipt: "R", UserID: canary}),
			tx.PutFormerChannel(port.FormerChannel{Account: plain, Address: canary}),
		} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	var clear int
	look := func() {
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte(canary)) {
				t.Errorf("%s holds a sealed value in the clear", filepath.Base(file))
			}
			clear += bytes.Count(raw, []byte(plain))
		}
	}
	look() // in the log
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look() // in the database
	if clear == 0 {
		t.Error("what is not sealed was not found either: the search does not work")
	}
}

func TestReopenKeepsAll(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	s := open(t, path, sealer)
	want := port.FlowRecord{ID: "F", State: []byte("state"), Created: start, PendingSince: start}
	update(t, s, func(tx port.Tx) error { return tx.PutFlow(want) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := sealer.Rotate(start); err != nil {
		t.Fatal(err)
	}
	again := open(t, path, sealer)
	update(t, again, func(tx port.Tx) error {
		got, err := tx.Flow("F")
		if string(got.State) != "state" || !got.PendingSince.Equal(start) {
			t.Errorf("after opening again: %+v", got)
		}
		return err
	})
}

func TestOtherKeysAreRefused(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	if err := open(t, path, keys(t, folder)).Close(); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), path, keys(t, t.TempDir()))
	if err == nil || !strings.Contains(err.Error(), "other keys") {
		t.Errorf("Open under other keys = %v, %v", s, err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	if err := open(t, path, sealer).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(path, sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(t.Context(), path, sealer); err == nil || !strings.Contains(err.Error(), "newer") {
		t.Errorf("Open of a newer schema = %v, %v", s, err)
	}
}

func TestNotADatabaseIsRefused(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	text := strings.Repeat("this is no database\n", 500)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path, keys(t, folder)); err == nil {
		t.Error("opened a text file")
	}
	if raw, err := os.ReadFile(path); err != nil || string(raw) != text {
		t.Errorf("the file was changed: %v", err)
	}
}

func TestOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a folder?with#odd%41 names")
	sealer := keys(t, t.TempDir())
	s := open(t, filepath.Join(folder, "sparekey.db"), sealer)
	update(t, s, func(tx port.Tx) error { return tx.PutCounter(port.Counter{Key: "c"}) })
	want := map[string]fs.FileMode{"": 0o700, "sparekey.db": 0o600, "sparekey.db-wal": 0o600, "sparekey.db-shm": 0o600}
	for name, mode := range want {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if got := info.Mode().Perm(); got != mode && runtime.GOOS != "windows" { // no mode bits there
			t.Errorf("%q has mode %04o, want %04o", name, got, mode)
		}
	}
}

func TestTwoStoresOnOneFileTakeTurns(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	a, b := open(t, path, sealer), open(t, path, sealer)
	done := make(chan error)
	const each = 25
	for _, s := range []*store.Store{a, b} {
		go func() {
			for range each {
				err := s.Update(context.Background(), func(tx port.Tx) error {
					c, err := tx.Counter("c")
					if err != nil {
						return err
					}
					c.Count++
					return tx.PutCounter(c)
				})
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	update(t, a, func(tx port.Tx) error {
		c, err := tx.Counter("c")
		if c.Count != 2*each {
			t.Errorf("count = %d, want %d", c.Count, 2*each)
		}
		return err
	})
}

// TestAuditChainSurvivesTheStore: what package audit chained still verifies after it was stored and read.
func TestAuditChainSurvivesTheStore(t *testing.T) {
	s := fresh(t)
	for i := range 5 {
		appendAudit(t, s, port.AuditEntry{
			At: start.Add(time.Duration(i) * time.Nanosecond), Action: "sign_in", Result: "failed", Station: "a\nb\xff",
		})
	}
	update(t, s, func(tx port.Tx) error {
		entries, err := tx.AuditFrom(1, 10)
		if err != nil {
			return err
		}
		if len(entries) != 5 {
			t.Errorf("%d entries, want 5", len(entries))
		}
		return audit.Verify(port.AuditEntry{}, entries)
	})
}

func appendAudit(t testing.TB, s port.Store, e port.AuditEntry) {
	t.Helper()
	update(t, s, func(tx port.Tx) error {
		head, err := tx.AuditHead()
		if err != nil {
			return err
		}
		return tx.AppendAudit(audit.Chain{}.Link(head, e))
	})
}

func BenchmarkAuditAppend(b *testing.B) {
	s := fresh(b)
	for b.Loop() {
		appendAudit(b, s, port.AuditEntry{At: start, Action: "reset.gate", Result: "succeeded", Account: "A1", Flow: "F1"})
	}
}

func BenchmarkUpdate(b *testing.B) {
	s := fresh(b)
	flow := port.FlowRecord{ID: "F1", Account: "A1", TokenHash: []byte("t"), State: make([]byte, 1024), Created: start}
	for b.Loop() {
		update(b, s, func(tx port.Tx) error {
			got, err := tx.Counter("start:A1")
			if err != nil {
				return err
			}
			got.Count++
			if err := tx.PutCounter(got); err != nil {
				return err
			}
			flow.Rev++
			return tx.PutFlow(flow)
		})
	}
}
