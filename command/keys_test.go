package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/command/setup"
)

// aTrial is one whose window is open.
func aTrial(t *testing.T) (e *setup.Trial, data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e, data
}

// run fails unless the command does what it should.
func run(t *testing.T, args ...string) (out string) {
	t.Helper()
	code, out, errs := said(t, args...)
	if code != 0 {
		t.Fatalf("%v: exit code %d: %s%s", args, code, out, errs)
	}
	return out
}

// withoutCounts replaces numbers of values, and times.
func withoutCounts(s string) string {
	s = regexp.MustCompile(`\d{4}-\d\d-\d\dT\S+`).ReplaceAllString(s, "TIME")
	s = regexp.MustCompile(` {2,}`).ReplaceAllString(s, " ")
	return regexp.MustCompile(`[1-9]\d+`).ReplaceAllString(s, "N")
}

func TestKeysAreRotatedBesideAWindow(t *testing.T) {
	e, data := aTrial(t)
	ana := app.AccountID("ana-of-the-test")
	put := func(secret string) {
		t.Helper()
		if err := e.Store.Update(t.Context(), func(tx port.Tx) error {
			return tx.PutCredential(port.CredentialRecord{ID: app.CredentialID(secret), Account: ana, Secret: []byte(secret)})
		}); err != nil {
			t.Fatal(err)
		}
	}
	put("before")
	if out := withoutCounts(run(t, "keys", "check", "--data", data)); !strings.Contains(out, "1 with the key file N (active)\n") {
		t.Errorf("before: %s", out)
	}
	if out := run(t, "keys", "drop", "--data", data); !strings.Contains(out, "no unused data key") {
		t.Errorf("nothing to drop: %s", out)
	}
	if out := withoutCounts(run(t, "keys", "rotate", "--data", data)); !strings.Contains(out, "under the new data key 2 (N values)") {
		t.Errorf("rotate: %s", out)
	}
	put("after")
	out := withoutCounts(run(t, "keys", "check", "--data", data))
	if !strings.Contains(out, "1 with the key file 0 (unused)\n2 TIME N (active)\n") {
		t.Errorf("after: %s", out)
	}
	if out := run(t, "keys", "drop", "--data", data); !strings.Contains(out, "Dropped from the key file: 1.") {
		t.Errorf("drop: %s", out)
	}
	put("later")
	if err := e.Store.View(t.Context(), func(tx port.Tx) error {
		found, err := tx.Credentials(ana)
		if len(found) != 3 {
			t.Errorf("the window reads %d credentials", len(found))
		}
		return err
	}); err != nil {
		t.Errorf("the window: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	reopen(t, data)
	run(t, "keys", "check", "--data", data)
	if out := run(t, "audit", "verify", "--data", data); !allVouchedFor(out) {
		t.Errorf("%s", out)
	}
}

// TestTheMasterKeyIsChanged while no window is open; whoever starts with the former one is told.
func TestTheMasterKeyIsChanged(t *testing.T) {
	e, data := aTrial(t)
	f := setup.FoldersAt(data)
	next := filepath.Join(t.TempDir(), "master")
	if _, err := vault.CreateMaster(next, rand.Reader); err != nil {
		t.Fatal(err)
	}
	answers(t, map[string]answer{
		"beside a window": {[]string{"keys", "rewrap", next, "--data", data}, 1, "", "it is open already"},
		"by nothing":      {[]string{"keys", "rewrap", next + ".none", "--data", filepath.Dir(data)}, 1, "", "there is no Sparekey in"},
	})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	answers(t, map[string]answer{
		"by no file":     {[]string{"keys", "rewrap", next + ".none", "--data", data}, 1, "", "no such file"},
		"by no key":      {[]string{"keys", "rewrap", file(t, "short", "short"), "--data", data}, 1, "", "want exactly 32 bytes"},
		"among the data": {[]string{"keys", "rewrap", filepath.Join(data, "keys.json"), "--data", data}, 1, "", "lies in the data folder"},
	})
	if out := run(t, "keys", "rewrap", next, "--data", data); !strings.Contains(out, next) || !strings.Contains(out, f.Key) {
		t.Errorf("%s", out)
	}
	if code, _, errs := said(t, "keys", "check", "--data", data); code != 1 || !strings.Contains(errs, "is not the master key that") {
		t.Errorf("with the former key: %d, %s", code, errs)
	}
	if err := os.Rename(next, f.Key); err != nil {
		t.Fatal(err)
	}
	run(t, "keys", "check", "--data", data)
	reopen(t, data)
	if out := run(t, "audit", "verify", "--data", data); !allVouchedFor(out) {
		t.Errorf("%s", out)
	}
}

// TestARotationThatIsKilledGoesOn: it is killed again and again while a window writes; nothing is lost, and no value stays under
// a key that is dropped.
func TestARotationThatIsKilledGoesOn(t *testing.T) {
	e, data := aTrial(t)
	const n = 1500
	if err := e.Store.Update(t.Context(), func(tx port.Tx) error {
		for i := range n {
			secret := fmt.Sprintf("kept-%04d", i)
			err := tx.PutCredential(port.CredentialRecord{ID: app.CredentialID(secret), Account: app.AccountID(secret), Secret: []byte(secret), Masked: secret})
			if err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	stop, written := context.WithCancel(t.Context())
	counted := make(chan int)
	go func() {
		i := 0
		for ; stop.Err() == nil; i++ {
			if err := e.Store.Update(t.Context(), func(tx port.Tx) error { return tx.PutMark(fmt.Sprintf("late-%d", i), "kept") }); err != nil {
				t.Error(err)
			}
		}
		counted <- i
	}()
	random := mathrand.New(mathrand.NewPCG(3, 5))
	for range 6 {
		child := exec.CommandContext(t.Context(), os.Args[0], "keys", "rotate", "--data", data)
		child.Env = append(os.Environ(), asProgram+"=1")
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(random.Int64N(int64(400*time.Millisecond))), func() { _ = child.Process.Kill() })
		_ = child.Wait() // killed, or done before
	}
	run(t, "keys", "rotate", "--data", data) // goes on with what was begun
	run(t, "keys", "rotate", "--data", data)
	run(t, "keys", "drop", "--data", data)
	written()
	late := <-counted
	out := withoutCounts(run(t, "keys", "check", "--data", data))
	if strings.Count(out, "\n") != 3 || strings.Contains(out, "unused") {
		t.Errorf("other keys than the active one are left:\n%s", out)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := setup.OpenTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if err := again.Store.View(t.Context(), func(tx port.Tx) error {
		for i := range n {
			secret := fmt.Sprintf("kept-%04d", i)
			found, err := tx.Credentials(app.AccountID(secret))
			if err != nil || len(found) != 1 || string(found[0].Secret) != secret || found[0].Masked != secret {
				return fmt.Errorf("%s: %d of them, %w", secret, len(found), err)
			}
		}
		for i := range late {
			if mark, err := tx.Mark(fmt.Sprintf("late-%d", i)); err != nil || mark != "kept" {
				return fmt.Errorf("mark %d: %q, %w", i, mark, err)
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	run(t, "audit", "verify", "--data", data)
}

// TestALostKeyIsSaidAsWhatItIs by each command that needs it, and nothing is made in its place.
func TestALostKeyIsSaidAsWhatItIs(t *testing.T) {
	for name, c := range map[string]struct {
		lose func(f setup.Folders) error
		want string
	}{
		"the master key": {func(f setup.Folders) error { return os.Remove(f.Key) },
			"the master key is not there ("},
		"another master key": {func(f setup.Folders) error {
			if err := os.Remove(f.Key); err != nil {
				return err
			}
			_, err := vault.CreateMaster(f.Key, rand.Reader)
			return err
		}, "is not the master key that "},
		"the key file": {func(f setup.Folders) error { return os.Remove(filepath.Join(f.Data, "keys.json")) },
			"the file of the data keys is not there ("},
		"another key file": {func(f setup.Folders) error {
			path := filepath.Join(f.Data, "keys.json")
			master, err := vault.ReadMaster(f.Key, f.Data)
			if err == nil {
				err = os.Remove(path)
			}
			if err == nil {
				_, err = vault.Create(path, master, rand.Reader)
			}
			return err
		}, "put back the copy that was made after the latest rotation"},
	} {
		t.Run(name, func(t *testing.T) {
			e, data := aTrial(t)
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			if err := c.lose(setup.FoldersAt(data)); err != nil {
				t.Fatal(err)
			}
			before := names(t, filepath.Dir(data), data)
			_, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the start: %v", err)
			}
			for _, command := range []string{"check", "rotate", "drop"} {
				want := c.want
				if command == "check" && name == "another key file" {
					want = "can't be read: "
				}
				if code, out, errs := said(t, "keys", command, "--data", data); code != 1 || !strings.Contains(errs, want) {
					t.Errorf("keys %s: exit code %d: %s%s", command, code, out, errs)
				}
			}
			if after := names(t, filepath.Dir(data), data); after != before {
				t.Errorf("files before: %s\nand after: %s", before, after)
			}
		})
	}
}

// names lists what is in folders, but for locks and what SQLite keeps beside a database that is open.
func names(t *testing.T, folders ...string) string {
	t.Helper()
	var all []string
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if name := e.Name(); !strings.HasSuffix(name, "lock") && !strings.HasSuffix(name, "-turn") && !strings.HasSuffix(name, "-wal") && !strings.HasSuffix(name, "-shm") {
				all = append(all, name)
			}
		}
	}
	return strings.Join(all, " ")
}

func TestWhatDoesNotOpenIsCounted(t *testing.T) {
	e, data := aTrial(t)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite.Connect(setup.FoldersAt(data).Database(), sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := conn.Exec(`UPDATE credential SET secret = (SELECT masked FROM credential WHERE id = 'nobody-00') WHERE id = (SELECT id FROM credential WHERE account <> '' AND secret IS NOT NULL LIMIT 1 OFFSET 0)`) // sealed for another place
	_, err2 := conn.Exec(`UPDATE credential SET secret = X'0100000063` + strings.Repeat("00", 40) + `' WHERE id = (SELECT id FROM credential WHERE account <> '' AND secret IS NOT NULL LIMIT 1 OFFSET 1)`)
	_, err3 := conn.Exec(`UPDATE credential SET secret = X'99' WHERE id = (SELECT id FROM credential WHERE account <> '' AND secret IS NOT NULL LIMIT 1 OFFSET 2)`)
	if err := errors.Join(err1, err2, err3, conn.Close()); err != nil {
		t.Fatal(err)
	}
	code, out, errs := said(t, "keys", "check", "--data", data)
	if code != 1 || !strings.Contains(out, "(not in the key file)") || !strings.Contains(errs, "3 values can't be read") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}
	if code, out, errs := said(t, "keys", "rotate", "--data", data); code != 1 || !strings.Contains(out, "data key 2") || !strings.Contains(errs, "3 values can't be read") {
		t.Errorf("rotate: exit code %d: %s%s", code, out, errs)
	}
	answers(t, map[string]answer{
		"keys of nothing":      {[]string{"keys", "check", "--data", t.TempDir()}, 1, "", "there is no Sparekey in "},
		"of both at once":      {[]string{"keys", "check", "--data", data, "--config", "x"}, 2, "", "--config"},
		"of no server":         {[]string{"keys", "check", "--config", filepath.Join(data, "none.toml")}, 1, "", "is not there: --config names another"},
		"a key that is in use": {[]string{"keys", "drop", "--data", data}, 0, "no unused", ""},
	})
}
