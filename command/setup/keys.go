package setup

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/vault"
)

// openKeys opens the keys that seal the store, or makes them where neither they nor a store are there.
func openKeys(f Folders) (*vault.Vault, error) {
	_, missing := os.Stat(f.Database())
	master, err := vault.ReadMaster(f.Key, f.Data)
	if errors.Is(err, fs.ErrNotExist) && missing != nil {
		master, err = vault.CreateMaster(f.Key, rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	path := filepath.Join(f.Data, "keys.json")
	keys, err := vault.Open(path, master, rand.Reader)
	if errors.Is(err, fs.ErrNotExist) && missing != nil {
		return vault.Create(path, master, rand.Reader)
	}
	return keys, err
}

// openHeads opens the signed heads of the audit trail. Key and heads are made together, once: one without the other is
// refused, since somebody who rewrote the trail would take away what shows it.
func openHeads(f Folders) (*audit.Heads, error) {
	seed, err := vault.ReadMaster(f.AuditKey(), f.Data)
	if errors.Is(err, fs.ErrNotExist) {
		if info, err := os.Stat(f.Heads()); err == nil && info.Size() > 0 {
			return nil, errors.New(words.Text("command.audit.no_key", words.Values{"file": f.AuditKey()}))
		}
		if err := createEmpty(f.Heads()); err != nil {
			return nil, err
		}
		seed, err = vault.CreateMaster(f.AuditKey(), rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	return audit.OpenHeads(f.Heads(), seed)
}

func createEmpty(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE, 0o600) // what another process has just written stays
	if err != nil {
		return err
	}
	return file.Close()
}
