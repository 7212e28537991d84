package store_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// inTheClear are the columns of bytes that are not sealed: hashes, a policy and public keys, which are no secrets.
var inTheClear = []string{
	"audit.hash", "audit.prev", "credential.address_index", "credential.handle", "flow.last_input", "flow.last_key", "flow.start_key",
	"flow.token_hash", "pass.hash", "policy.document", "policy.hash", "session.access_hash", "session.previous_hash", "session.refresh_hash",
	"station.code_hash", "station.public_key", "token.hash", "objection.hash",
}

// TestEveryColumnOfBytesIsKnown: one that Reseal does not know would be lost with the key that it is sealed under.
func TestEveryColumnOfBytesIsKnown(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	open(t, path, keys(t, folder))
	conn, err := sqlite.Connect(path, sqlite.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	columns, err := sqlite.List(conn, func(row sqlite.Scanner) (name string, err error) {
		err = row.Scan(&name)
		return name, err
	}, `SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'BLOB' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(inTheClear, store.SealedColumns())
	slices.Sort(want)
	if !slices.Equal(columns, want) {
		t.Errorf("columns of bytes:\n%v\nknown as sealed, or as in the clear:\n%v", columns, want)
	}
}

// putEverySecret puts something into each sealed column, n times.
func putEverySecret(t *testing.T, s port.Store, secret string, n int) {
	t.Helper()
	update(t, s, func(tx port.Tx) error {
		for i := range n {
			id := strings.Repeat("x", i+1)
			for _, err := range []error{
				tx.PutFlow(port.FlowRecord{ID: app.FlowID(id), State: []byte(secret), LastAnswer: []byte(secret)}),
				tx.PutCredential(port.CredentialRecord{ID: app.CredentialID(id), Account: app.AccountID(id), Secret: []byte(secret), Masked: secret, Address: secret}),
				tx.Enqueue(port.OutboxRecord{ID: id, Message: app.Message{To: secret}}),
				tx.PutHelpRequest(port.HelpRequest{Receipt: id, Account: app.AccountID(id), UserID: secret}),
				tx.PutFormerChannel(port.FormerChannel{Account: app.AccountID(id), Address: secret, Until: start}),
				tx.PutMark(id, secret),
				tx.SetPolicyFile("/etc/policy.toml"),
			} {
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// readEverySecret counts what putEverySecret put.
func readEverySecret(t *testing.T, s port.Store, secret string, n int) {
	t.Helper()
	err := s.View(t.Context(), func(tx port.Tx) error {
		for i := range n {
			id := strings.Repeat("x", i+1)
			f, err1 := tx.Flow(app.FlowID(id))
			c, err2 := tx.Credentials(app.AccountID(id))
			h, err3 := tx.OpenHelpRequest(app.AccountID(id))
			former, err4 := tx.FormerChannels(app.AccountID(id), start)
			mark, err5 := tx.Mark(id)
			if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
				return err
			}
			if string(f.State) != secret || string(f.LastAnswer) != secret || len(c) != 1 || string(c[0].Secret) != secret ||
				c[0].Masked != secret || c[0].Address != secret || h.UserID != secret || former[0].Address != secret || mark != secret {
				t.Fatalf("row %d: %+v %+v %+v %+v %q", i, f, c, h, former, mark)
			}
		}
		path, err := tx.PolicyFile()
		if path != "/etc/policy.toml" {
			t.Errorf("the policy's file is %q", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx port.Tx) error {
		due, err := tx.Lease(port.Lease{Now: start, Until: start, N: n, PerAccount: n})
		if len(due) != n || due[0].Message.To != secret {
			t.Errorf("%d messages: %+v", len(due), due)
		}
		return err
	})
}

func sealedUnder(t *testing.T, path string) map[uint32]int {
	t.Helper()
	found := map[uint32]int{}
	if err := store.Read(t.Context(), path, func(tx port.Tx) error {
		return store.EachSealed(tx, func(place string, sealed []byte) error {
			id, is := vault.KeyOf(sealed)
			if !is {
				t.Errorf("%s holds no sealed value", place)
			}
			found[id]++
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
	return found
}

func onward(int) error { return nil }

// TestEverythingIsSealedAnew, in several steps, and the key before can be dropped: also for one who starts later.
func TestEverythingIsSealedAnew(t *testing.T) {
	folder := t.TempDir()
	path, master := filepath.Join(folder, "sparekey.db"), killMaster
	sealer, err := vault.Create(filepath.Join(folder, "keys.json"), master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, path, sealer)
	const n = 450
	putEverySecret(t, s, "CANARY", n)
	before := sealedUnder(t, path)
	if len(before) != 1 || before[1] < 9*n {
		t.Fatalf("sealed before: %v", before)
	}
	if err := sealer.Rotate(start); err != nil {
		t.Fatal(err)
	}
	moved := 0
	if err := s.Reseal(t.Context(), func(n int) error { moved += n; return nil }); err != nil {
		t.Fatal(err)
	}
	if after := sealedUnder(t, path); len(after) != 1 || after[2] != before[1] || moved != before[1] {
		t.Errorf("sealed afterwards: %v, of %v; %d moved", after, before, moved)
	}
	if err := s.Reseal(t.Context(), func(n int) error { moved += n; return nil }); err != nil || moved != before[1] {
		t.Errorf("once more: %d moved, %v", moved-before[1], err)
	}
	if err := sealer.Drop([]uint32{1}); err != nil {
		t.Fatal(err)
	}
	readEverySecret(t, s, "CANARY", n)
	later, err := vault.Open(filepath.Join(folder, "keys.json"), master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	readEverySecret(t, open(t, path, later), "CANARY", 1)
}

// TestAServerBesideSealsUnderTheNewKey from the first step on, whether or not it reads anything; so nothing is sealed under a key
// that is dropped.
func TestAServerBesideSealsUnderTheNewKey(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	mine, err := vault.Create(filepath.Join(folder, "keys.json"), killMaster, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, err := vault.Open(filepath.Join(folder, "keys.json"), killMaster, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	command, server := open(t, path, mine), open(t, path, other)
	putEverySecret(t, server, "CANARY", 3)
	if err := mine.Rotate(start); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("killed")
	if err := command.Reseal(t.Context(), func(int) error { return stop }); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	update(t, server, func(tx port.Tx) error { return tx.PutMark("late", "CANARY") })
	if err := command.Reseal(t.Context(), onward); err != nil {
		t.Fatal(err)
	}
	if now := sealedUnder(t, path); len(now) != 1 || now[1] != 0 {
		t.Errorf("sealed under: %v", now)
	}
	if err := mine.Drop([]uint32{1}); err != nil {
		t.Fatal(err)
	}
	update(t, server, func(tx port.Tx) error { return tx.PutMark("later", "CANARY") })
	if now := sealedUnder(t, path); len(now) != 1 {
		t.Errorf("sealed under: %v", now)
	}
	readEverySecret(t, server, "CANARY", 3)
}

// TestWhoStartedBeforeTheRotationSealsUnderTheNewKey: its keys were read before, and its store was opened after it.
func TestWhoStartedBeforeTheRotationSealsUnderTheNewKey(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	mine, err := vault.Create(filepath.Join(folder, "keys.json"), killMaster, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := vault.Open(filepath.Join(folder, "keys.json"), killMaster, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	command := open(t, path, mine)
	if err := errors.Join(mine.Rotate(start), command.Reseal(t.Context(), onward), mine.Drop([]uint32{1})); err != nil {
		t.Fatal(err)
	}
	server := open(t, path, slow)
	update(t, server, func(tx port.Tx) error { return tx.PutMark("late", "CANARY") })
	if now := sealedUnder(t, path); len(now) != 1 || now[2] == 0 {
		t.Errorf("sealed under: %v", now)
	}
}

// TestAServerWhoseKeyFileIsGoneSealsNothing: it might be under a key that is dropped.
func TestAServerWhoseKeyFileIsGoneSealsNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "sparekey.db")
	s := open(t, path, keys(t, folder))
	if err := vaultAway(folder); err != nil {
		t.Fatal(err)
	}
	tamper(t, path, `INSERT INTO counters VALUES ('c', 1, 0, 0, 0, 0)`) // another process writes something
	if err := s.Update(t.Context(), func(tx port.Tx) error { return tx.PutMark("x", "y") }); app.CodeOf(err) != app.CodeUnavailable {
		t.Errorf("without its key file: %v", err)
	}
}

// TestWhatDoesNotOpenStaysAsItIs: one damaged value keeps no other from being sealed anew, and is not written over.
func TestWhatDoesNotOpenStaysAsItIs(t *testing.T) {
	folder := t.TempDir()
	path, sealer := filepath.Join(folder, "sparekey.db"), keys(t, folder)
	s := open(t, path, sealer)
	putEverySecret(t, s, "CANARY", 2)
	tamper(t, path, `UPDATE flow SET state = X'0100000001`+strings.Repeat("00", 40)+`' WHERE id = 'x'`)
	if err := errors.Join(sealer.Rotate(start), s.Reseal(t.Context(), onward)); err != nil {
		t.Fatal(err)
	}
	if now := sealedUnder(t, path); now[1] != 1 || now[2] < 10 {
		t.Errorf("sealed under: %v", now)
	}
}

func vaultAway(folder string) error { return os.Remove(filepath.Join(folder, "keys.json")) }
