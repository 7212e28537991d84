package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault"
)

// Kept says whose data and keys a command looks after: a server's, or a trial's.
type Kept struct {
	Config string // server.toml; empty: a trial
	Data   string // the trial's data folder; empty: this person's own
}

// kept is where they lie.
type kept struct {
	keyFiles
	directory string // file of the local directory; empty: it is another one
	trial     *Folders
}

// find gives the places. secrets says whether the command needs the keys as well; those that systemd holds are handed to services
// alone.
func (k Kept) find(secrets bool) (kept, error) {
	if k.Config != "" {
		return keptByServer(k.Config, secrets)
	}
	folders := FoldersAt(k.Data)
	if k.Data == "" {
		var err error
		if folders, err = profileFolders(); err != nil {
			return kept{}, &NoTrialError{NoProfile: true, Cause: err}
		}
	}
	folders = folders.asTheyLie()
	return kept{keyFiles: folders.keyFiles(), directory: filepath.Join(folders.Data, "directory.db"), trial: &folders}, nil
}

func keptByServer(path string, secrets bool) (kept, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return kept{}, err
	}
	settings, lines, problems, err := readServerSettings(path)
	if err != nil {
		return kept{}, InWords(err)
	}
	p := &planner{plan: &ServerPlan{settings: settings, path: path}, clock: systemClock{}, lines: lines, problems: problems, unread: *problems, beside: true}
	var k kept
	if secrets {
		k.keyFiles = p.keyFiles()
	} else {
		k.keyFiles = keyFiles{heads: p.file("keys.heads", settings.Keys.Heads), data: p.file("data.folder", settings.Data.Folder)}
	}
	if settings.Directory.Kind == "local" {
		k.directory = settings.Directory.File
		if !filepath.IsAbs(k.directory) {
			k.directory = filepath.Join(k.data, k.directory)
		}
	}
	if err := problems.OrNil(); err != nil {
		return kept{}, InWords(err)
	}
	return k, nil
}

// there finds the places, with a database.
func (k Kept) there(secrets bool) (kept, error) {
	at, err := k.find(secrets)
	if err != nil {
		return kept{}, err
	}
	if _, err := os.Stat(at.database()); err != nil {
		return kept{}, fmt.Errorf("%s: %w", words.Text("command.kept.none", words.Values{"folder": at.data}), err)
	}
	return at, nil
}

// asOwner finds the places, with a database, reads the keys of a server and goes on as the account that owns its data, where root called: a
// file that root makes there is one that the server can't read.
func (k Kept) asOwner() (kept, error) {
	at, err := k.there(true)
	if err != nil || at.trial != nil {
		return at, err
	}
	if err := at.readAll(); err != nil && !errors.Is(err, fs.ErrNotExist) { // which one is missing is said where it is needed
		return kept{}, at.explain(err)
	}
	return at, becomeOwner(at.data)
}

// share holds a trial for as long as a command is at work beside its window; whoever takes the trial away waits. A server's data
// is taken away by nobody.
func (k kept) share(ctx context.Context) (release func() error, err error) {
	if k.trial == nil {
		return func() error { return nil }, nil
	}
	claim, err := k.trial.claim(ctx, (*flock.Flock).TryRLockContext)
	if err != nil {
		return nil, err
	}
	return claim.Close, nil
}

// keptStore is a store that a command works on, beside a server or a window.
type keptStore struct {
	*store.Store
	keys  *vault.Vault
	heads *audit.Heads
	close []func() error
}

// open opens store and keys, which must be there.
func (k kept) open(ctx context.Context) (o *keptStore, err error) {
	o = &keptStore{}
	defer func() {
		if err != nil {
			err = errors.Join(k.explain(err), o.Close())
		}
	}()
	release, err := k.share(ctx)
	if err != nil {
		return nil, err
	}
	o.close = append(o.close, release)
	if o.keys, err = openKeys(k.keyFiles); err != nil {
		return o, err
	}
	if o.heads, err = openHeads(k.keyFiles); err != nil {
		return o, err
	}
	o.close = append(o.close, o.heads.Close)
	if o.Store, err = store.Open(ctx, k.database(), o.keys); err != nil {
		return o, err
	}
	o.close = append(o.close, o.Store.Close)
	return o, nil
}

// Close closes what was opened.
func (o *keptStore) Close() error {
	var all error
	for i := len(o.close) - 1; i >= 0; i-- {
		all = errors.Join(all, o.close[i]())
	}
	return all
}

// write runs f in a transaction, appends what it says to the audit trail, and signs that.
func (o *keptStore) write(ctx context.Context, f func(port.Tx) (port.AuditEntry, error)) error {
	var linked port.AuditEntry
	err := o.Update(ctx, func(tx port.Tx) error {
		head, err := tx.AuditHead()
		if err != nil {
			return err
		}
		e, err := f(tx)
		if err != nil {
			return err
		}
		e.At, e.Result, e.Role, e.By = time.Now(), "succeeded", "admin", Operator()
		e.Station, e.Network = Station(), "local"
		linked = audit.Chain{}.Link(head, e)
		return tx.AppendAudit(linked)
	})
	if err != nil {
		return err
	}
	return o.heads.Sign(linked)
}
