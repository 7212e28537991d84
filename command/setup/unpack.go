package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/backup"
	"github.com/sparekey/sparekey/backend/vault"
)

// RestorePlan is a backup to look at, or to restore.
type RestorePlan struct {
	Kept
	File     string
	Identity string // file of age's identities
	KeyFile  string // a copy of the key file, where the data folder has none
}

// VerifyBackup takes a backup apart in a folder of its own, and looks whether all of it is whole. Where the keys are there, it
// tries them on every value; the error that keeps them from being tried is missing. Nothing else is touched.
func VerifyBackup(ctx context.Context, plan RestorePlan) (r BackupReport, missing error, err error) {
	folder, err := os.MkdirTemp("", "sparekey-verify-")
	if err != nil {
		return r, nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	at := map[string]string{
		storeInBackup: filepath.Join(folder, "store.db"), directoryInBackup: filepath.Join(folder, "people.db"),
		headsInBackup: filepath.Join(folder, "heads"),
	}
	m, err := unpack(plan, at)
	if err != nil {
		return r, nil, err
	}
	var keys *vault.Vault
	var seed *app.Secret
	place, missing := plan.find(true)
	if missing == nil {
		if audited, err := place.read(place.audit); err == nil {
			seed = &audited
		}
		if keys, missing = place.keysFor(plan.KeyFile); missing != nil {
			missing = place.explainKeys(missing)
		}
	}
	r, err = inspect(ctx, at, seed, keys)
	return r.of(m), missing, err
}

// of puts a manifest in the place of what was found, which it must be.
func (r BackupReport) of(m backup.Manifest) BackupReport {
	r.Manifest = m
	return r
}

// keysFor opens the keys: the data keys of the data folder, or of a copy elsewhere.
func (k kept) keysFor(copied string) (*vault.Vault, error) {
	if copied != "" {
		master, err := k.read(k.master)
		if err != nil {
			return nil, err
		}
		return vault.Open(copied, master, rand.Reader)
	}
	return k.readKeys()
}

// unpack takes a backup apart into files; at has those that a backup may have by now, and loses those that this one has not.
func unpack(plan RestorePlan, at map[string]string) (m backup.Manifest, err error) {
	by, err := backup.Identities(plan.Identity)
	if err != nil {
		return m, fmt.Errorf("%s: %w", words.Text("command.restore.identity", words.Values{"file": plan.Identity}), InWords(err))
	}
	f, err := files.Open(plan.File)
	if err != nil {
		return m, err
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	there := map[string]bool{}
	m, err = backup.Read(f, by, func(name string) (io.WriteCloser, error) {
		path, known := at[name]
		if !known {
			return nil, backup.ErrFormat
		}
		there[name] = true
		return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	})
	for name := range at {
		if !there[name] {
			delete(at, name)
		}
	}
	about := words.Values{"file": plan.File, "identity": plan.Identity}
	switch {
	case errors.Is(err, backup.ErrIdentity):
		return m, errors.New(words.Text("command.restore.other", about))
	case errors.Is(err, backup.ErrFormat):
		return m, errors.New(words.Text("command.restore.newer", about))
	case errors.Is(err, backup.ErrDamaged):
		return m, fmt.Errorf("%s: %w", words.Text("command.restore.damaged", about), err)
	case err == nil && !there[storeInBackup]:
		return m, errors.New(words.Text("command.restore.damaged", about))
	}
	return m, err
}
