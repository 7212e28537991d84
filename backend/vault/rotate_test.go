package vault_test

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/vault"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func rotate(t testing.TB, v *vault.Vault) {
	t.Helper()
	if err := v.Rotate(noon); err != nil {
		t.Fatal(err)
	}
}

func ids(v *vault.Vault) (all []uint32) {
	for _, k := range v.DataKeys() {
		all = append(all, k.ID)
	}
	return all
}

// TestWhatAKilledRotationLeftGoesWithTheNext: it has data keys in it, which somebody may drop since. Nobody else's file goes.
func TestWhatAKilledRotationLeftGoesWithTheNext(t *testing.T) {
	v, path, _ := create(t)
	left, others := path+".824675161", []string{path + ".1.copy", path + ".old", path + "1"}
	for _, file := range append(others, left) {
		if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rotate(t, v)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	for _, file := range others {
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	}
}

// TestAnotherProcessTakesANewKeyOver: by opening what is sealed under it, and before it seals.
func TestAnotherProcessTakesANewKeyOver(t *testing.T) {
	v, path, master := create(t)
	beside, err := vault.Open(path, master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	before := seal(t, v, "before")
	rotate(t, v)
	if beside.Current(seal(t, v, "x")) || !v.Current(seal(t, v, "x")) || v.Current(before) {
		t.Error("who made the key, and who does not know it yet, are not told apart")
	}
	if got, err := beside.Open(seal(t, v, "after"), place); err != nil || string(got) != "after" {
		t.Errorf("sealed under a key of another process: %q, %v", got, err)
	}
	rotate(t, v)
	if err := beside.Refresh(); err != nil || !v.Current(seal(t, beside, "x")) {
		t.Errorf("after a refresh it seals under another key: %v", err)
	}
	want := []vault.DataKey{{ID: 1}, {ID: 2, Made: noon}, {ID: 3, Made: noon, Active: true}}
	if got := beside.DataKeys(); !slices.Equal(got, want) {
		t.Errorf("keys: %+v", got)
	}
}

// TestProcessesThatRotateAtOnceLoseNoKey: each has read the file before the others wrote theirs.
func TestProcessesThatRotateAtOnceLoseNoKey(t *testing.T) {
	v, path, master := create(t)
	var wg sync.WaitGroup
	sealed := make([][]byte, 4)
	for i := range sealed {
		beside, err := vault.Open(path, master, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			if err := beside.Rotate(noon); err != nil {
				t.Error(err)
			}
			sealed[i], _ = beside.Seal([]byte("kept"), place)
		})
	}
	wg.Wait()
	for _, s := range sealed {
		if got, err := v.Open(s, place); err != nil || string(got) != "kept" {
			t.Errorf("sealed under a key that is lost: %q, %v", got, err)
		}
	}
	if got := ids(v); !slices.Equal(got, []uint32{1, 2, 3, 4, 5}) {
		t.Errorf("keys: %v", got)
	}
}

func TestADroppedKeyIsGoneForWhoComesLater(t *testing.T) {
	v, path, master := create(t)
	old := seal(t, v, "old")
	rotate(t, v)
	if err := v.Drop([]uint32{1, 2}); err == nil || len(ids(v)) != 2 {
		t.Errorf("the active key is dropped: %v, %v", err, ids(v))
	}
	if err := v.Drop([]uint32{1}); err != nil || !slices.Equal(ids(v), []uint32{2}) {
		t.Fatalf("%v, %v", err, ids(v))
	}
	if _, err := v.Open(old, place); err != nil {
		t.Errorf("a process that knew it can't read its snapshots any more: %v", err)
	}
	later, err := vault.Open(path, master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := later.Open(old, place); !errors.Is(err, vault.ErrKey) {
		t.Errorf("a key that was dropped opens: %v", err)
	}
	rotate(t, later)
	if got := ids(later); !slices.Equal(got, []uint32{2, 3}) {
		t.Errorf("keys: %v", got)
	}
	if err := later.Drop([]uint32{2}); err != nil {
		t.Fatal(err)
	}
	rotate(t, later)
	if got := ids(later); !slices.Equal(got, []uint32{3, 4}) {
		t.Errorf("an ID is given twice: %v", got)
	}
}

// TestAKeyFileThatIsGoneOrForeignIsNotIgnored: who went on with the keys it has might seal under one that is dropped.
func TestAKeyFileThatIsGoneOrForeignIsNotIgnored(t *testing.T) {
	v, path, _ := create(t)
	_, foreign, _ := create(t)
	other, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := v.Refresh(); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("another's key file: %v", err)
	}
	if err := v.Rotate(noon); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("rotated over another's: %v", err)
	}
	if now, _ := os.ReadFile(path); string(now) != string(other) {
		t.Error("another's key file was written over")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := v.Refresh(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no key file: %v", err)
	}
	if err := v.Rotate(noon); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("rotated where there is none: %v", err)
	}
	names, _ := filepath.Glob(path + "*")
	if len(names) != 1 || !strings.HasSuffix(names[0], ".lock") {
		t.Errorf("files are left: %v", names)
	}
}

func TestAnotherMasterKeyOpensWhatWasSealed(t *testing.T) {
	v, path, old := create(t)
	first := seal(t, v, "first")
	rotate(t, v)
	second, index := seal(t, v, "second"), v.Index("p", "v")
	beside, err := vault.Open(path, old, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	next := newMaster(t)
	if err := v.Rewrap(next); err != nil {
		t.Fatal(err)
	}
	rotate(t, v)
	if _, err := vault.Open(path, old, rand.Reader); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("the master key of before: %v", err)
	}
	if err := beside.Refresh(); !errors.Is(err, vault.ErrMaster) {
		t.Errorf("a process with the master key of before: %v", err)
	}
	later, err := vault.Open(path, next, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, sealed := range map[string][]byte{"first": first, "second": second, "third": seal(t, v, "third")} {
		if got, err := later.Open(sealed, place); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", want, got, err)
		}
	}
	if string(later.Index("p", "v")) != string(index) {
		t.Error("the index is another")
	}
}
