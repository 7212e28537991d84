package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
)

// Folders are where a trial keeps things. The key is never in the data folder, whose backups would carry it along.
type Folders struct {
	Data, Key string
	former    string // where Key was once, in a profile that roams from computer to computer; empty: nowhere else
	temporary string // holds both, and goes when the trial is closed; empty: they stay
}

// TrialFolders are those of this person's trial. Without a profile, or with one that can't be written, they are temporary,
// and made anew for each run; log is told of the second.
func TrialFolders(log io.Writer) (Folders, error) {
	own, err := profileFolders()
	if err != nil {
		return TemporaryFolders()
	}
	if err := own.writable(); err != nil {
		fmt.Fprintln(log, words.Text("command.trial.temporary", words.Values{"why": err}))
		return TemporaryFolders()
	}
	return own, nil
}

// writable makes the folders where they are missing, and writes to them.
func (f Folders) writable() error {
	for _, dir := range []string{filepath.Dir(f.Key), filepath.Dir(f.Data), f.Data} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if err := writable(dir); err != nil {
			return err
		}
	}
	return nil
}

// writable writes to a folder, and takes away what it wrote.
func writable(dir string) error {
	probe, err := os.CreateTemp(dir, probeName)
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// profileFolders are those of the person's profile; an error without one.
func profileFolders() (Folders, error) {
	data, err := dataFolder()
	config, err2 := os.UserConfigDir()
	if err := errors.Join(err, err2); err != nil {
		return Folders{}, err
	}
	return foldersIn(runtime.GOOS, data, config), nil
}

// foldersIn are those in the folders where a system keeps programs' data and configuration. On Windows the latter roams, and
// a key or heads that came from another computer fit no data.
func foldersIn(system, data, config string) Folders {
	f := Folders{Data: filepath.Join(data, "sparekey", "trial"), Key: filepath.Join(config, "sparekey", "trial-key")}
	if system == "windows" {
		f.former, f.Key = f.Key, filepath.Join(data, "sparekey", "trial-key")
	}
	return f
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
func (f Folders) Database() string { return filepath.Join(f.Data, databaseName) }

const databaseName = "sparekey.db"

// keyFiles are the trial's.
func (f Folders) keyFiles() keyFiles {
	return keyFiles{master: keyFile{path: f.Key}, audit: keyFile{path: f.AuditKey()}, heads: f.Heads(), data: f.Data}
}

// Remove takes the trial away, unless a process has it open or there is more than that: its data, then its heads, then its
// keys, without which what is left of the others could never be opened again.
func (f Folders) Remove(ctx context.Context) error {
	if err := f.onlyOurs(); err != nil {
		return err
	}
	if err := f.moveIn(ctx); err != nil {
		return err
	}
	claim, err := f.claim(ctx, (*flock.Flock).TryLockContext)
	if err != nil {
		return err
	}
	for _, path := range []string{f.Data, f.Heads(), audit.LockFile(f.Heads()), f.AuditKey(), f.Key} {
		if err := os.RemoveAll(path); err != nil {
			return errors.Join(err, claim.Close())
		}
	}
	return claim.Close()
}

// AuditKey is the file of the key that signs the audit trail's heads.
func (f Folders) AuditKey() string { return f.Key + "-audit" }

// Heads is the file of the signed heads.
func (f Folders) Heads() string { return f.Key + "-audit-heads.jsonl" }
