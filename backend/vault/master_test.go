package vault_test

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/sparekey/sparekey/backend/vault"
)

func TestMasterFile(t *testing.T) {
	folder := t.TempDir()
	path, data := filepath.Join(folder, "etc", "master.key"), filepath.Join(folder, "data")
	made, err := vault.CreateMaster(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	read, err := vault.ReadMaster(path, data)
	if err != nil || read.Reveal() != made.Reveal() {
		t.Errorf("ReadMaster = %v, %v; not what CreateMaster made", read, err)
	}
	if _, err := vault.CreateMaster(path, rand.Reader); !errors.Is(err, fs.ErrExist) {
		t.Errorf("replaced a master key: %v", err)
	}
	if _, err := vault.ReadMaster(path+".none", data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v, want fs.ErrNotExist", err)
	}
	if err := os.WriteFile(path, make([]byte, 33), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.ReadMaster(path, data); err == nil {
		t.Error("a key of 33 bytes was taken")
	}
}

func TestMasterThatOthersMayReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "master.key")
	if _, err := vault.CreateMaster(path, rand.Reader); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" { // no mode bits there
		return
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode %04o, want 0600", got)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.ReadMaster(path, t.TempDir()); !errors.Is(err, vault.ErrExposed) {
			t.Errorf("mode %04o: %v, want ErrExposed", mode, err)
		}
	}
}

func TestMasterAmongTheDataIsRefused(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, "sub", "master.key")
	if _, err := vault.CreateMaster(path, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.ReadMaster(path, data); !errors.Is(err, vault.ErrExposed) {
		t.Errorf("in the data folder: %v, want ErrExposed", err)
	}
	link := filepath.Join(t.TempDir(), "master.key")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.ReadMaster(link, data); !errors.Is(err, vault.ErrExposed) {
		t.Errorf("behind a link: %v, want ErrExposed", err)
	}
	if _, err := vault.ReadMaster(path, data+"-other"); err != nil {
		t.Errorf("beside a folder of a like name: %v", err)
	}
}
