package setup

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// keyFile is where a key of 32 bytes lies.
type keyFile struct {
	path string
	held bool // by the service manager, which hands it to this service alone

	known app.Secret // what was read there before; empty: it is still to be read
}

// keyFiles are the keys of a store, and what goes with them.
type keyFiles struct {
	master, audit keyFile
	heads         string // the signed heads of its audit trail
	data          string // folder
}

// database is the file of the store.
func (k keyFiles) database() string { return filepath.Join(k.data, databaseName) }

// wrapped is the file of the data keys, which the master key wraps.
func (k keyFiles) wrapped() string { return filepath.Join(k.data, "keys.json") }

// read reads one of them.
func (k keyFiles) read(key keyFile) (app.Secret, error) {
	if !key.known.Empty() {
		return key.known, nil
	}
	if key.held {
		return vault.ReadCredential(key.path)
	}
	return vault.ReadMaster(key.path, k.data)
}

// readAll reads the keys, so that who may read them no longer can go on.
func (k *keyFiles) readAll() (err error) {
	if k.master.known, err = k.read(k.master); err == nil {
		k.audit.known, err = k.read(k.audit)
	}
	return err
}

// open reads one of them, or makes it where it is missing and may be new.
func (k keyFiles) open(key keyFile, fresh bool) (app.Secret, error) {
	secret, err := k.read(key)
	if errors.Is(err, fs.ErrNotExist) && fresh && !key.held {
		return vault.CreateMaster(key.path, rand.Reader)
	}
	return secret, err
}

// openKeys opens the keys that seal the store, or makes them where neither they nor a store are there.
func openKeys(k keyFiles) (*vault.Vault, error) {
	fresh := !exists(k.database())
	if fresh && exists(k.database()+restoring) {
		return nil, errors.New(words.Text("command.restore.cut_short", words.Values{"folder": k.data}))
	}
	master, err := k.open(k.master, fresh)
	if err != nil {
		return nil, err
	}
	keys, err := vault.Open(k.wrapped(), master, rand.Reader)
	if errors.Is(err, fs.ErrNotExist) && fresh {
		return vault.Create(k.wrapped(), master, rand.Reader)
	}
	return keys, err
}

// explain says in words which key is lost, or is another one, where that keeps a store from being opened.
func (k keyFiles) explain(err error) error {
	if errors.Is(err, fs.ErrNotExist) && !exists(k.database()) {
		return err // nothing is sealed yet
	}
	return k.explainKeys(err)
}

// explainKeys is explain where something is sealed.
func (k keyFiles) explainKeys(err error) error {
	said := ""
	about := words.Values{"master": k.master.path, "keys": k.wrapped(), "folder": k.data}
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case errors.Is(err, store.ErrNewer):
		said = words.Text("command.trial.newer")
	case errors.Is(err, vault.ErrMaster):
		said = words.Text("command.keys.other_master", about)
	case errors.Is(err, store.ErrKeys):
		said = words.Text("command.keys.other", about)
	case missing && !exists(k.master.path):
		said = words.Text("command.keys.no_master", about)
	case missing && !exists(k.wrapped()):
		said = words.Text("command.keys.no_file", about)
	default:
		return err
	}
	return fmt.Errorf("%s: %w", said, err)
}

// openHeads opens the signed heads of the audit trail. Key and heads are made together, once: one without the other is
// refused, since somebody who rewrote the trail would take away what shows it.
func openHeads(k keyFiles) (*audit.Heads, error) {
	seed, err := k.read(k.audit)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing || err == nil && k.audit.held && !exists(k.database()) {
		if info, err := os.Stat(k.heads); missing && err == nil && info.Size() > 0 {
			return nil, errors.New(words.Text("command.audit.no_key", words.Values{"file": k.audit.path}))
		}
		if err := createEmpty(k.heads); err != nil {
			return nil, err
		}
	}
	if missing && !k.audit.held {
		seed, err = vault.CreateMaster(k.audit.path, rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	return audit.OpenHeads(k.heads, seed)
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
