package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/backup"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// The names of the files in a backup.
const (
	storeInBackup     = databaseName
	directoryInBackup = "directory.db"
	headsInBackup     = "audit-heads.jsonl"
)

// BackupPlan is a backup to make.
type BackupPlan struct {
	Kept
	File    string   // to write; it must not be there
	To      []string // recipients of age, or files of them
	Program string   // version of this program
}

// BackupReport tells of a backup.
type BackupReport struct {
	backup.Manifest
	Vouched int64       // up to which entry a head vouches for the trail
	Signed  bool        // and whether its signature was checked: that takes the audit key
	Tried   *KeysReport // how the values opened; nil: there were no keys to try
}

// Backup copies the databases while others write to them, looks whether the copies are whole, and encrypts them. It needs no key.
func Backup(ctx context.Context, plan BackupPlan) (r BackupReport, err error) {
	at, err := plan.there(false)
	if err != nil {
		return r, err
	}
	to, err := recipients(plan.To)
	if err != nil {
		return r, err
	}
	if _, err := os.Lstat(plan.File); err == nil {
		return r, errors.New(words.Text("command.backup.there", words.Values{"file": plan.File}))
	}
	release, err := at.share(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, release()) }()
	snapshot, err := takeSnapshot(at)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, snapshot.clear()) }()
	if r, err = snapshot.describe(ctx); err != nil {
		return r, err
	}
	r.Program, r.Made = plan.Program, time.Now().UTC().Truncate(time.Second)
	return r, files.Add(plan.File, 0o600, func(w io.Writer) error { return backup.Write(w, to, r.Manifest, snapshot.open) })
}

func recipients(named []string) (all []backup.Recipient, err error) {
	for _, text := range named {
		some, err := backup.Recipients(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", words.Text("command.backup.recipient", words.Values{"recipient": text}), InWords(err))
		}
		all = append(all, some...)
	}
	return all, nil
}

// snapshot is what goes into a backup, in files of its own. They lie beside the databases, which they are as worth protecting as.
type snapshot struct {
	lock  *flock.Flock
	files map[string]string // by their names in the backup
	stem  string
}

// takeSnapshot copies what is kept. What a process that was killed left of its own copies goes first.
func takeSnapshot(at kept) (s *snapshot, err error) {
	stem := at.database() + ".snapshot"
	s = &snapshot{lock: flock.New(stem+"-lock", flock.SetPermissions(0o600)), stem: stem, files: map[string]string{}}
	taken, err := s.lock.TryLock()
	if err == nil && !taken {
		err = errors.New(words.Text("command.backup.busy"))
	}
	if err == nil {
		err = giveLock(at.data, s.lock)
	}
	if err != nil {
		return nil, errors.Join(err, s.lock.Close())
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.clear())
		}
	}()
	if err := s.remove(); err != nil {
		return s, err
	}
	for name, path := range map[string]string{storeInBackup: at.database(), directoryInBackup: at.directory} {
		if path == "" || name == directoryInBackup && !exists(path) {
			continue
		}
		s.files[name] = stem + "-" + name
		if err := sqlite.Copy(path, s.files[name]); err != nil {
			return s, err
		}
	}
	if exists(at.heads) { // after the trail, of which they may know more then
		s.files[headsInBackup] = at.heads
	}
	return s, nil
}

// remove removes the copies.
func (s *snapshot) remove() error {
	found, err := filepath.Glob(escapeGlob(s.stem) + "-*.db*")
	for _, path := range found {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

func (s *snapshot) clear() error { return errors.Join(s.remove(), s.lock.Close()) }

// describe looks whether the files are whole, and makes their manifest.
func (s *snapshot) describe(ctx context.Context) (r BackupReport, err error) {
	if r, err = inspect(ctx, s.files, nil, nil); err != nil {
		return r, err
	}
	for _, name := range []string{storeInBackup, directoryInBackup, headsInBackup} {
		if s.files[name] != "" {
			r.Files = append(r.Files, backup.File{Name: name})
		}
	}
	return r, r.Describe(s.open)
}

// open gives a file for the backup.
func (s *snapshot) open(name string) (io.ReadCloser, error) { return files.Open(s.files[name]) }

// inspect looks whether the databases of a backup are whole, and the trail as its heads say. seed is the audit key, or nil for who
// has none; keys are tried on every value, unless they are nil. A database of an older version is brought up to date in a copy.
func inspect(ctx context.Context, at map[string]string, seed *app.Secret, keys *vault.Vault) (r BackupReport, err error) {
	for _, name := range []string{storeInBackup, directoryInBackup} {
		if path := at[name]; path != "" {
			if err := sqlite.Verify(path); err != nil {
				return r, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	path := at[storeInBackup]
	if r.Schema, err = store.Version(path); err != nil {
		return r, err
	}
	err = store.Read(ctx, path, func(port.Tx) error { return nil })
	if errors.Is(err, store.ErrOlder) {
		path = strings.TrimSuffix(path, ".db") + "-newer.db"
		err = errors.Join(sqlite.Copy(at[storeInBackup], path), store.Upgrade(ctx, path))
		defer func() { err = errors.Join(err, os.Remove(path)) }()
	}
	if errors.Is(err, store.ErrNewer) {
		return r, fmt.Errorf("%s: %w", words.Text("command.trial.newer"), err)
	}
	if err != nil {
		return r, err
	}
	if err := r.followTrail(ctx, path, at[headsInBackup], seed); err != nil {
		return r, err
	}
	return r, r.tryKeys(ctx, path, keys)
}

// followTrail verifies the trail against those of the heads that it can have: the file of heads may have been read later.
func (r *BackupReport) followTrail(ctx context.Context, database, path string, seed *app.Secret) (err error) {
	var last port.AuditEntry
	if err := store.Read(ctx, database, func(tx port.Tx) (err error) {
		last, err = tx.AuditHead()
		return err
	}); err != nil {
		return err
	}
	var heads []audit.Head
	switch {
	case path == "":
	case seed != nil:
		r.Signed = true
		heads, err = audit.ReadHeads(path, *seed)
	default:
		heads, err = audit.ReadUnverifiedHeads(path)
	}
	if err != nil {
		return err
	}
	heads = slices.DeleteFunc(heads, func(h audit.Head) bool { return h.Seq > last.Seq })
	v := audit.NewVerifier(heads)
	err = errors.Join(store.ReadAudit(ctx, database, v.Next), v.End())
	var fault *audit.Break
	if errors.As(err, &fault) {
		return errors.New(words.Problem(fault.Problem()))
	}
	_, r.Vouched = v.Sums()
	r.Trail = backup.Trail{Seq: last.Seq, Hash: last.Hash}
	return err
}

// tryKeys counts the sealed values, and opens each where there are keys.
func (r *BackupReport) tryKeys(ctx context.Context, database string, keys *vault.Vault) error {
	counted := map[uint32]int{}
	err := store.Read(ctx, database, func(tx port.Tx) error {
		if keys != nil {
			tried, err := survey(tx, keys, true)
			r.Tried = &tried
			return err
		}
		return store.EachSealed(tx, func(_ string, sealed []byte) error {
			if id, is := vault.KeyOf(sealed); is {
				counted[id]++
			}
			return nil
		})
	})
	for id, n := range counted {
		r.Keys = append(r.Keys, backup.KeyUse{ID: id, Values: n})
	}
	slices.SortFunc(r.Keys, func(a, b backup.KeyUse) int { return int(int64(a.ID) - int64(b.ID)) })
	return err
}
