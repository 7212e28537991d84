package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/backup"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// restoring ends the names of databases that are not restored yet.
const restoring = ".restoring"

// Restored tells of a restore.
type Restored struct {
	BackupReport
	Voided     store.Voided
	HeadsAside string // where the heads went that were there before; empty: there were none
	NewHeads   bool   // the backup's heads could not be verified, and are not taken over
}

// Restore puts a backup into a data folder that has no database, while nobody is at work on it. What might have been used since
// the backup is void afterwards.
func Restore(ctx context.Context, plan RestorePlan) (r Restored, err error) {
	place, err := plan.find(true)
	if err != nil {
		return r, err
	}
	to, err := holderOf(place.data) // before it is made
	if err != nil {
		return r, err
	}
	release, err := place.claimAlone(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := place.empty(); err != nil {
		return r, err
	}
	keys, err := place.keysFor(plan.KeyFile)
	if err != nil {
		return r, place.explainKeys(err)
	}
	at := map[string]string{
		storeInBackup: place.database() + restoring, headsInBackup: place.database() + "-heads" + restoring,
	}
	if place.directory != "" {
		at[directoryInBackup] = place.directory + restoring
	}
	if err := clearRestoring(at); err != nil {
		return r, err
	}
	unpacked := maps.Clone(at)
	m, err := unpack(plan, unpacked)
	if err == nil {
		err = r.prepare(ctx, place, m, unpacked, plan.KeyFile, keys)
	}
	if err == nil {
		err = to.give(place.restored(unpacked)...)
	}
	if err != nil {
		return r, errors.Join(err, clearRestoring(at))
	}
	for _, name := range []string{directoryInBackup, storeInBackup} { // that of the store last: with it there is something
		if path := unpacked[name]; path != "" {
			if err := os.Rename(path, strings.TrimSuffix(path, restoring)); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// restored are the folder and the files that a restore makes, and that the server needs.
func (k kept) restored(unpacked map[string]string) []string {
	made := []string{k.data, k.serverLock(), k.wrapped(), k.heads, audit.LockFile(k.heads)}
	return append(made, slices.Sorted(maps.Values(unpacked))...)
}

// clearRestoring removes what is not restored yet, with what SQLite keeps beside it: a log of the file before would be taken for
// that of the new one.
func clearRestoring(at map[string]string) error {
	var all error
	for _, path := range at {
		for _, more := range []string{"", "-wal", "-shm", "-journal", "-turn", "-newer.db", "-newer.db-wal", "-newer.db-shm"} {
			if err := os.Remove(path + more); !errors.Is(err, fs.ErrNotExist) {
				all = errors.Join(all, err)
			}
		}
	}
	return all
}

// prepare looks at what was unpacked, and makes void in it what must not come back; heads and keys are put in their places.
func (r *Restored) prepare(ctx context.Context, place kept, m backup.Manifest, at map[string]string, keyFile string, keys *vault.Vault) error {
	seed, err := place.read(place.audit)
	signed := &seed
	if errors.Is(err, fs.ErrNotExist) {
		signed, r.NewHeads, err = nil, true, nil
	}
	if err != nil {
		return err
	}
	found, err := inspect(ctx, at, signed, keys)
	if err != nil {
		return err
	}
	r.BackupReport = found.of(m)
	if n := found.Tried.Unopened(); n > 0 {
		return errors.New(words.Plural("command.restore.unopened", n))
	}
	if err := place.takeKeyFile(keyFile); err != nil {
		return err
	}
	if r.HeadsAside, err = place.setHeads(at[headsInBackup], found, r.NewHeads); err != nil {
		return err
	}
	if err := r.void(ctx, place, at[storeInBackup], keys); err != nil {
		return err
	}
	if at[headsInBackup] == "" {
		return nil
	}
	return os.Remove(at[headsInBackup])
}

// void opens the restored store, and makes void what must not come back.
func (r *Restored) void(ctx context.Context, place kept, database string, keys *vault.Vault) (err error) {
	o := &keptStore{keys: keys}
	defer func() { err = errors.Join(err, o.Close()) }()
	if o.heads, err = openHeads(place.keyFiles); err != nil {
		return err
	}
	o.close = append(o.close, o.heads.Close)
	if o.Store, err = store.Open(ctx, database, keys); err != nil {
		return err
	}
	o.close = append(o.close, func() error { return os.Remove(database + "-turn") }, o.Store.Close)
	return o.write(ctx, func(tx port.Tx) (port.AuditEntry, error) {
		if r.Voided, err = store.VoidRestored(tx, time.Now()); err != nil {
			return port.AuditEntry{}, err
		}
		return port.AuditEntry{Action: "store.restored", Reason: fmt.Sprintf("entry_%d_of_%s", r.Trail.Seq, r.Made.Format(time.RFC3339))}, nil
	})
}

// empty refuses a place in which there is something.
func (k kept) empty() error {
	if err := os.MkdirAll(k.data, 0o700); err != nil {
		return err
	}
	databases := []string{k.database()}
	if k.directory != "" && !exists(k.database()+restoring) { // of a restore that was cut short it may be there
		databases = append(databases, k.directory)
	}
	for _, database := range databases {
		there := exists(database)
		for _, log := range []string{database + "-wal", database + "-journal"} { // beside another database they would be taken for its own
			if !there && hasContent(log) {
				database, there = log, true
			}
		}
		if there {
			return errors.New(words.Text("command.restore.full", words.Values{"file": database, "folder": k.data}))
		}
	}
	return nil
}

// claimAlone keeps servers and windows away.
func (k kept) claimAlone(ctx context.Context) (release func() error, err error) {
	if k.trial != nil {
		claim, err := k.trial.claim(ctx, (*flock.Flock).TryLockContext)
		if err != nil {
			return nil, err
		}
		return claim.Close, nil
	}
	return k.claimServer()
}

// takeKeyFile copies the key file into the data folder, unless it is there.
func (k kept) takeKeyFile(from string) error {
	if from == "" {
		return nil
	}
	raw, err := files.Read(from, 1<<20)
	if err != nil {
		return err
	}
	if now, err := files.Read(k.wrapped(), 1<<20); err == nil && string(now) == string(raw) {
		return nil
	}
	err = files.Add(k.wrapped(), 0o600, func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		return errors.New(words.Text("command.restore.other_keys", words.Values{"file": k.wrapped(), "given": from}))
	}
	return err
}

// setHeads puts the backup's heads in the place of those that are there, which know of entries that are gone now: they are kept
// beside, to tell of them.
func (k kept) setHeads(path string, found BackupReport, none bool) (aside string, err error) {
	if info, err := os.Stat(k.heads); err == nil && info.Size() > 0 {
		aside = fmt.Sprintf("%s.before-%d", k.heads, time.Now().UnixNano()) // no other restore's, whose they tell of
		if err := os.Rename(k.heads, aside); err != nil {
			return "", err
		}
	}
	var heads []audit.Head
	if path != "" && !none {
		all, err := audit.ReadUnverifiedHeads(path) // inspect has verified them
		if err != nil {
			return aside, err
		}
		for _, h := range all {
			if h.Seq <= found.Trail.Seq {
				heads = append(heads, h)
			}
		}
	}
	if err := os.MkdirAll(filepath.Dir(k.heads), 0o700); err != nil {
		return aside, err
	}
	return aside, files.Replace(k.heads, 0o600, func(w io.Writer) error { return audit.WriteHeads(w, heads) })
}
