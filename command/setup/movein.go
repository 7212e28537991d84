package setup

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/backend/audit"
)

// asTheyLie are the folders for who only reads: before they are moved in, keys and heads lie where they were once.
func (f Folders) asTheyLie() Folders {
	if len(f.outside()) > 0 {
		f.Key = f.former
	}
	return f
}

// moveIn moves keys and heads from where they were once to where they are now. Nobody else has the trial open meanwhile.
func (f Folders) moveIn(ctx context.Context) error {
	if len(f.outside()) == 0 {
		return nil
	}
	claim, err := f.claim(ctx, (*flock.Flock).TryLockContext)
	if err != nil {
		return err
	}
	for from, to := range f.outside() { // another process may have moved them before
		err = errors.Join(err, moveFile(from, to))
	}
	_ = os.Remove(audit.LockFile(Folders{Key: f.former}.Heads())) // holds nothing
	return errors.Join(err, claim.Close())
}

// outside are the files that are to be moved in, each with its place. Where this computer has no trial, those that were once
// in that place are another's.
func (f Folders) outside() map[string]string {
	if f.former == "" || !exists(f.Database()) {
		return nil
	}
	moves, before := map[string]string{}, Folders{Key: f.former}
	for from, to := range map[string]string{before.Key: f.Key, before.AuditKey(): f.AuditKey(), before.Heads(): f.Heads()} {
		if exists(from) && !exists(to) {
			moves[from] = to
		}
	}
	return moves
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// moveFile moves a file that its owner alone may read, to another disk too. It is whole in one of the places at any time.
func moveFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	defer clear(data)
	file, err := os.OpenFile(to+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(to+".new", to); err != nil {
		return err
	}
	return os.Remove(from)
}
