package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
)

// Folders are where a trial keeps things. The key is never in the data folder, whose backups would carry it along.
type Folders struct {
	Data, Key string
	temporary string // holds both, and goes when the trial is closed; empty: they stay
}

// TrialFolders are those of this person's trial. Without a profile they are temporary, and made anew for each run.
func TrialFolders() (Folders, error) {
	if own, err := profileFolders(); err == nil {
		return own, nil
	}
	return TemporaryFolders()
}

// profileFolders are those of the person's profile; an error without one.
func profileFolders() (Folders, error) {
	data, err := dataFolder()
	config, err2 := os.UserConfigDir()
	if err := errors.Join(err, err2); err != nil {
		return Folders{}, err
	}
	return Folders{Data: filepath.Join(data, "sparekey", "trial"), Key: filepath.Join(config, "sparekey", "trial-key")}, nil
}

// FoldersAt are those of a trial whose data folder was chosen.
func FoldersAt(data string) Folders { return Folders{Data: data, Key: data + "-key"} }

// TemporaryFolders are those of a trial that is gone when it is closed.
func TemporaryFolders() (Folders, error) {
	dir, err := os.MkdirTemp("", "sparekey-trial-")
	if err != nil {
		return Folders{}, fmt.Errorf("%s: %w", words.Text("command.trial.no_folder"), err)
	}
	return Folders{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key"), temporary: dir}, nil
}

// dataFolder is where the platform keeps programs' data for this person.
func dataFolder() (string, error) {
	switch runtime.GOOS {
	case "windows":
		return os.UserCacheDir() // %LocalAppData%
	case "darwin":
		return os.UserConfigDir() // ~/Library/Application Support
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share"), err
}

// Database is the file of the store.
func (f Folders) Database() string { return filepath.Join(f.Data, "sparekey.db") }

// Remove takes the trial's data, its keys and its heads away, unless there is more than that.
func (f Folders) Remove() error {
	if err := f.onlyOurs(); err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(f.Data), os.RemoveAll(f.Key), os.RemoveAll(f.AuditKey()), os.RemoveAll(f.Heads()),
		os.RemoveAll(audit.LockFile(f.Heads())))
}

// AuditKey is the file of the key that signs the audit trail's heads.
func (f Folders) AuditKey() string { return f.Key + "-audit" }

// Heads is the file of the signed heads.
func (f Folders) Heads() string { return f.Key + "-audit-heads.jsonl" }
