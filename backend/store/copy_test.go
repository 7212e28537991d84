package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/store"
)

// TestACopyIsWhole while others write: its trail, its rows and its pages; and what was deleted is not in it.
func TestACopyIsWhole(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	s := open(t, path, sealer)
	update(t, s, func(tx port.Tx) error { return tx.PutCounter(port.Counter{Key: "gone-for-good", Count: 1}) })
	update(t, s, func(tx port.Tx) error { return tx.PutCounter(port.Counter{Key: "gone-for-good"}) })
	write := func(n int) {
		err := s.Update(t.Context(), func(tx port.Tx) error {
			return errors.Join(tx.PutCounter(port.Counter{Key: "c", Count: n}), tx.PutFlow(port.FlowRecord{ID: "F", Rev: n}))
		})
		if err != nil {
			t.Error(err)
		}
	}
	write(1)
	done, counted := make(chan struct{}), make(chan int)
	go func() {
		for n := 2; ; n++ {
			select {
			case <-done:
				counted <- n
				return
			default:
			}
			write(n)
		}
	}()
	for i := range 5 {
		into := filepath.Join(folder, strings.Repeat("i", i+1)+".copy")
		if err := sqlite.Copy(path, into); err != nil {
			t.Fatal(err)
		}
		if err := sqlite.Verify(into); err != nil {
			t.Error(err)
		}
		if bytes.Contains(content(t, into), []byte("gone-for-good")) {
			t.Error("what was deleted is in the copy")
		}
		copied := open(t, into, sealer)
		if err := copied.View(t.Context(), func(tx port.Tx) error {
			c, err := tx.Counter("c")
			f, err2 := tx.Flow("F")
			if c.Count != f.Rev || c.Count < 1 {
				t.Errorf("the copy holds half an update, or none: %d, %d", c.Count, f.Rev)
			}
			return errors.Join(err, err2)
		}); err != nil {
			t.Error(err)
		}
	}
	close(done)
	<-counted
	if err := sqlite.Copy(path, path); err == nil {
		t.Error("a database was copied over itself")
	}
}

// TestADamagedDatabaseIsNamed: a page that was overwritten.
func TestADamagedDatabaseIsNamed(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	s := open(t, path, keys(t, folder))
	putEverySecret(t, s, "CANARY", 100)
	into := filepath.Join(folder, "copy")
	if err := sqlite.Copy(path, into); err != nil {
		t.Fatal(err)
	}
	raw := content(t, into)
	for page := 40 * 4096; page < 60*4096; page++ {
		raw[page] ^= 0x5a
	}
	overwrite(t, into, raw)
	if err := sqlite.Verify(into); !errors.Is(err, sqlite.ErrDamaged) {
		t.Errorf("a damaged database: %v", err)
	}
}

func TestWhatARestoreVoids(t *testing.T) {
	s := fresh(t)
	update(t, s, func(tx port.Tx) error {
		return errors.Join(
			tx.PutFlow(port.FlowRecord{ID: "open", TokenHash: []byte("1"), StartKey: []byte("1")}),
			tx.PutFlow(port.FlowRecord{ID: "over", TokenHash: []byte("2"), StartKey: []byte("2"), Ended: start}),
			tx.PutFlow(port.FlowRecord{ID: "pending", TokenHash: []byte("3"), StartKey: []byte("3"), PendingSince: start, LeasedBy: "a", LeasedUntil: start}),
			tx.PutSession(port.SessionRecord{ID: "open", AccessHash: []byte("1"), RefreshHash: []byte("1")}),
			tx.PutSession(port.SessionRecord{ID: "over", AccessHash: []byte("2"), RefreshHash: []byte("2"), Ended: start}),
			tx.PutPass(port.PassRecord{Account: "A", Hash: []byte("1"), Created: start, Expires: start}),
			tx.Enqueue(port.OutboxRecord{ID: "waits"}),
			tx.Enqueue(port.OutboxRecord{ID: "went", Delivered: start}),
			tx.PutStation(port.StationRecord{ID: "invited", CodeHash: []byte("1"), CodeEnds: start.AddDate(0, 0, 2)}),
			tx.PutStation(port.StationRecord{ID: "too late", CodeHash: []byte("2"), CodeEnds: start}),
			tx.PutToken(port.TokenRecord{ID: "good", Hash: []byte("1"), Ends: start.AddDate(0, 0, 2)}),
			tx.PutToken(port.TokenRecord{ID: "over", Hash: []byte("2"), Ends: start}),
			tx.PutCounter(port.Counter{Key: "kept", Count: 3}),
			tx.PutCredential(port.CredentialRecord{ID: "kept", Account: "A"}),
		)
	})
	later := start.AddDate(0, 0, 1)
	update(t, s, func(tx port.Tx) error {
		v, err := store.VoidRestored(tx, later)
		if (v != store.Voided{Sessions: 1, Flows: 2, Passes: 1, Messages: 1, Codes: 1, Tokens: 2}) {
			t.Errorf("voided: %+v", v)
		}
		return err
	})
	update(t, s, func(tx port.Tx) error {
		for id, ended := range map[app.FlowID]bool{"open": true, "pending": true, "over": false} {
			f, err := tx.Flow(id)
			if err != nil || f.Ended.Equal(later) != ended || !f.PendingSince.IsZero() || f.LeasedBy != "" {
				t.Errorf("flow %s: %+v, %v", id, f, err)
			}
		}
		session, err := tx.Session("open")
		if err != nil || !session.Ended.Equal(later) {
			t.Errorf("session: %+v, %v", session, err)
		}
		if _, err := tx.Pass("A"); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("a pass is left: %v", err)
		}
		if _, err := tx.NextDue(); !errors.Is(err, port.ErrNotFound) {
			t.Errorf("a message waits: %v", err)
		}
		for _, id := range []app.StationID{"invited", "too late"} {
			station, err := tx.Station(id)
			if err != nil || station.CodeGood(later) {
				t.Errorf("the code of a station is good: %+v, %v", station, err)
			}
		}
		for _, id := range []app.TokenID{"good", "over"} {
			if token, err := tx.Token(id); err != nil || !token.Revoked.Equal(later) {
				t.Errorf("a token: %+v, %v", token, err)
			}
		}
		c, err1 := tx.Counter("kept")
		creds, err2 := tx.Credentials("A")
		if c.Count != 3 || len(creds) != 1 {
			t.Errorf("kept: %+v, %+v", c, creds)
		}
		return errors.Join(err1, err2)
	})
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func overwrite(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
