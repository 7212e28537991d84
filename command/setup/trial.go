package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
	"github.com/sparekey/sparekey/methods/authapp"
	"github.com/sparekey/sparekey/methods/email"
	"github.com/sparekey/sparekey/methods/questions"
	"github.com/sparekey/sparekey/methods/securitykey"
	"github.com/sparekey/sparekey/methods/sms"
	"github.com/sparekey/sparekey/methods/voice"
	"github.com/sparekey/sparekey/ui"
)

// folders are where the trial keeps things. The key is never in the data folder, whose backups would carry it along.
type folders struct {
	data, key string
	temporary string // holds both, and goes when the trial is closed; empty: they stay
}

// trialFolders are the trial's own. Without a profile they are temporary, and made anew for each run.
func trialFolders() (folders, error) {
	if own, err := profileFolders(); err == nil {
		return own, nil
	}
	return temporaryFolders()
}

// profileFolders are those of the person's profile; an error without one.
func profileFolders() (folders, error) {
	data, err := dataFolder()
	config, err2 := os.UserConfigDir()
	if err := errors.Join(err, err2); err != nil {
		return folders{}, err
	}
	return folders{data: filepath.Join(data, "sparekey", "trial"), key: filepath.Join(config, "sparekey", "trial-key")}, nil
}

// foldersAt are those of a trial whose data folder was chosen.
func foldersAt(data string) folders { return folders{data: data, key: data + "-key"} }

func temporaryFolders() (folders, error) {
	dir, err := os.MkdirTemp("", "sparekey-trial-")
	if err != nil {
		return folders{}, fmt.Errorf("there is no folder for the trial: %w", err)
	}
	return folders{data: filepath.Join(dir, "data"), key: filepath.Join(dir, "key"), temporary: dir}, nil
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

func (f folders) database() string { return filepath.Join(f.data, "sparekey.db") }

// remove takes the trial's data, its keys and its heads away.
func (f folders) remove() error {
	return errors.Join(os.RemoveAll(f.data), os.RemoveAll(f.key), os.RemoveAll(f.auditKey()), os.RemoveAll(f.heads()),
		os.RemoveAll(audit.LockFile(f.heads())))
}

// trialConfig is what tests replace; the zero value of each is the real one.
type trialConfig struct {
	folders   folders
	policy    string // the file that manages the policy, or empty
	clock     port.Clock
	hasher    local.Hasher
	deliverer port.Deliverer // in place of the tray
	log       *slog.Logger
}

func (c trialConfig) withDefaults(tray *trial.Tray) trialConfig {
	if c.clock == nil {
		c.clock = systemClock{}
	}
	if c.hasher == nil {
		c.hasher = local.DefaultArgon2(rand.Reader)
	}
	if c.deliverer == nil {
		c.deliverer = tray
	}
	if c.log == nil {
		c.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	return c
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// embedded is the trial's backend at work, in this process.
type embedded struct {
	handler http.Handler
	service *backend.Backend
	store   *store.Store
	tray    *trial.Tray
	close   []func() error

	temporary string
}

// openTrial opens the sample organisation and sets its backend to work.
func openTrial(ctx context.Context, c trialConfig) (_ *embedded, err error) {
	e := &embedded{tray: &trial.Tray{}, temporary: c.folders.temporary}
	c = c.withDefaults(e.tray)
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("the trial can't be opened (--fresh begins a new one): %w", err), e.Close())
		}
	}()
	if err := e.open(ctx, c); err != nil {
		return nil, err
	}
	e.tray.Keyed = e.service.Keyed
	if err := e.service.StartWorker(ctx); err != nil {
		return nil, err
	}
	e.handler = api.New(api.Config{Front: e.service, Flows: e.service, Grants: e.service, Version: version, Clock: c.clock, Log: c.log})
	return e, nil
}

// open opens keys, store, directory and a backend, which is not at work yet.
func (e *embedded) open(ctx context.Context, c trialConfig) error {
	sealer, err := openKeys(c.folders)
	if err != nil {
		return err
	}
	e.store, err = store.Open(ctx, c.folders.database(), sealer)
	if err != nil {
		return err
	}
	e.close = append(e.close, e.store.Close)
	heads, err := openHeads(c.folders)
	if err != nil {
		return err
	}
	e.close = append(e.close, heads.Close)
	directory, err := e.openDirectory(ctx, c)
	if err != nil {
		return err
	}
	e.service, err = backend.New(backend.Config{
		Store: e.store, Directory: directory, Deliverer: c.deliverer, Chain: audit.Chain{}, Heads: heads,
		Sealer: sealer, Clock: c.clock, Rand: rand.Reader, Methods: methods(), Policy: trial.Policy(),
		Resources: openResources, PolicyFile: c.policy, Trial: true, Log: c.log,
	})
	if err != nil {
		return err
	}
	e.close = append(e.close, e.service.Close)
	return nil
}

// methods are the ways to prove who you are that this build has.
func methods() []app.Method {
	return []app.Method{securitykey.Method{}, authapp.Method{}, sms.Method{}, voice.Method{}, email.Method{}, questions.Method{}}
}

// openDirectory opens the sample directory and puts the sample people there, once.
func (e *embedded) openDirectory(ctx context.Context, c trialConfig) (*local.Directory, error) {
	directory, err := local.Open(ctx, filepath.Join(c.folders.data, "directory.db"), local.Config{
		Clock: c.clock, Hasher: c.hasher, Parallel: runtime.NumCPU(),
		Threshold: 15, LockFor: 30 * time.Minute, History: 10, MinLength: 8,
	})
	if err != nil {
		return nil, err
	}
	e.close = append(e.close, directory.Close)
	return directory, trial.Seed(ctx, trial.Seeding{
		Directory: sampleDirectory{directory}, Store: e.store, Methods: methods(), Rand: rand.Reader, Clock: c.clock,
	})
}

// Close ends the backend, then what it stands on.
func (e *embedded) Close() error {
	var all error
	for i := len(e.close) - 1; i >= 0; i-- {
		all = errors.Join(all, e.close[i]())
	}
	e.close = nil
	if e.temporary != "" {
		all = errors.Join(all, os.RemoveAll(e.temporary))
	}
	return all
}

// openKeys opens the keys that seal the store, or makes them where neither they nor a store are there.
func openKeys(f folders) (*vault.Vault, error) {
	_, missing := os.Stat(f.database())
	master, err := vault.ReadMaster(f.key, f.data)
	if errors.Is(err, fs.ErrNotExist) && missing != nil {
		master, err = vault.CreateMaster(f.key, rand.Reader)
	}
	if err != nil {
		return nil, err
	}
	path := filepath.Join(f.data, "keys.json")
	keys, err := vault.Open(path, master, rand.Reader)
	if errors.Is(err, fs.ErrNotExist) && missing != nil {
		return vault.Create(path, master, rand.Reader)
	}
	return keys, err
}

// sampleDirectory takes the sample people in.
type sampleDirectory struct{ *local.Directory }

// Put implements trial.Directory.
func (d sampleDirectory) Put(ctx context.Context, a port.DirectoryAccount, password app.Secret) error {
	return d.Directory.Put(ctx, local.Person{
		ID: a.ID, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
		Disabled: a.Disabled, Elsewhere: a.Elsewhere, LockedUntil: a.LockedUntil, Password: password,
	})
}

// samples are the sample people as the window shows them.
func samples() []ui.Sample {
	var out []ui.Sample
	for _, p := range trial.People() {
		s := ui.Sample{State: string(p.State), UserID: p.UserID, Name: p.Name, Password: p.Password}
		if p.AppSecret != "" {
			s.App = p.Code
		}
		for _, contact := range []string{p.Mail, p.Mobile} {
			if contact != "" {
				s.Contacts = append(s.Contacts, contact)
			}
		}
		out = append(out, s)
	}
	return out
}
