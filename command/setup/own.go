package setup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
)

// probeName begins the name of the file by which a folder is tried; a process that is killed just then leaves it behind.
const probeName = ".probe-"

// ownNames begin the names of what a trial keeps in its data folder: databases with what SQLite puts beside them, and keys.
var ownNames = []string{"sparekey.db", "directory.db", "keys.json", probeName}

// onlyOurs refuses folders that hold more than a trial, since all of it is taken away with one.
func (f Folders) onlyOurs() error {
	entries, err := os.ReadDir(f.Data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		own := func(name string) bool { return strings.HasPrefix(entry.Name(), name) }
		if !entry.Type().IsRegular() || !slices.ContainsFunc(ownNames, own) {
			return strangersFile(filepath.Join(f.Data, entry.Name()))
		}
	}
	for _, path := range []string{f.Key, f.AuditKey(), f.Heads(), audit.LockFile(f.Heads())} {
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return strangersFile(path)
		}
	}
	return nil
}

func strangersFile(path string) error {
	return errors.New(words.Text("command.trial.strangers", words.Values{"file": path}))
}
