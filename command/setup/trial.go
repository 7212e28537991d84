package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
)

// TrialConfig is a trial to open. Tests replace the clock and what comes after it; the zero value of each is the real one.
type TrialConfig struct {
	Folders   Folders
	Version   string // of the program
	Policy    string // the file that manages the policy, or empty
	Clock     port.Clock
	Hasher    local.Hasher
	Deliverer port.Deliverer // in place of the tray
	Log       *slog.Logger
}

func (c TrialConfig) withDefaults(tray *trial.Tray) TrialConfig {
	if c.Clock == nil {
		c.Clock = systemClock{}
	}
	if c.Deliverer == nil {
		c.Deliverer = tray
	}
	if c.Log == nil {
		c.Log = newLog(os.Stderr)
	}
	return c
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

// Trial is the sample organisation with its backend, in this process.
type Trial struct {
	Handler http.Handler // the API, once the backend is at work
	Service *backend.Backend
	Store   *store.Store
	Tray    *trial.Tray

	config    TrialConfig
	directory *local.Directory
	close     []func() error
}

// StartTrial opens the sample organisation for a window: it puts the sample people there, once, and sets the backend to
// work.
func StartTrial(ctx context.Context, c TrialConfig) (*Trial, error) {
	t, err := OpenTrial(ctx, c)
	if err == nil {
		if err = t.start(ctx); err != nil {
			err = errors.Join(err, t.Close())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words.Text("command.trial.unopened"), err)
	}
	return t, nil
}

// OpenTrial opens keys, store, directory and a backend, which is not at work: as a command needs it, also beside a window
// whose backend is.
func OpenTrial(ctx context.Context, c TrialConfig) (*Trial, error) {
	t := &Trial{Tray: &trial.Tray{}}
	t.config = c.withDefaults(t.Tray)
	if err := t.open(ctx); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (t *Trial) open(ctx context.Context) error {
	c := t.config
	if err := c.Folders.moveIn(ctx); err != nil {
		return err
	}
	claim, err := c.Folders.claim(ctx, (*flock.Flock).TryRLockContext)
	if err != nil {
		return err
	}
	t.close = append(t.close, claim.Close)
	keys := c.Folders.keyFiles()
	sealer, err := openKeys(keys)
	if err != nil {
		return keys.explain(err)
	}
	t.Store, err = store.Open(ctx, keys.database(), sealer)
	if err != nil {
		return keys.explain(err)
	}
	t.close = append(t.close, t.Store.Close)
	heads, err := openHeads(keys)
	if err != nil {
		return err
	}
	t.close = append(t.close, heads.Close)
	t.directory, err = local.Open(ctx, filepath.Join(c.Folders.Data, "directory.db"), localConfig(c.Clock, c.Hasher, trial.Policy().Organisation.Domains[0]))
	if err != nil {
		return err
	}
	t.close = append(t.close, t.directory.Close)
	t.Service, err = backend.New(backend.Config{
		Store: t.Store, Directory: t.directory, Deliverer: c.Deliverer, Chain: audit.Chain{}, Heads: heads,
		Sealer: sealer, Clock: c.Clock, Rand: rand.Reader, Methods: methods(), Policy: trial.Policy(),
		Resources: openResources, PolicyFile: c.Policy, Trial: true, Log: c.Log, BaseURL: trialLinks,
		Version: c.Version,
	})
	if err != nil {
		return err
	}
	t.close = append(t.close, t.Service.Close)
	return nil
}

// trialLinks begin the links in the trial's messages, which lead nowhere: there is no server. The tray has a button in their place.
const trialLinks = "trial:"

// Object says "this wasn't me" by the link of a message in the tray.
func (t *Trial) Object(ctx context.Context, link string) error {
	token, is := app.ReadObjection(link)
	if !is {
		return &app.Error{Code: app.CodeNoObjection}
	}
	ctx = app.WithCaller(ctx, app.Caller{Role: app.RoleAnyone, Origin: app.Origin{Station: Station(), Network: "local"}})
	_, err := t.Service.Object(ctx, token)
	return err
}

// start seeds the trial and sets its backend to work.
func (t *Trial) start(ctx context.Context) error {
	if err := t.Seed(ctx); err != nil {
		return err
	}
	t.Tray.Keyed, t.Tray.Said = t.Service.Keyed, t.Service.TakeReceipt
	if err := t.Service.StartWorker(ctx); err != nil {
		return err
	}
	t.Handler = later(func() http.Handler {
		return api.New(api.Config{
			Front: t.Service, Flows: t.Service, Grants: t.Service, Version: t.config.Version, Clock: t.config.Clock, Log: t.config.Log,
			Admin: app.Administration{ // whoever calls is named by the session, and is no operator of this computer
				Policies: t.Service, Contacts: t.Service, Passes: t.Service, Accounts: t.Service, Trail: administration{folders: t.config.Folders}, Stations: t.Service,
				Tokens: t.Service, Messages: t.Service,
			},
			Stations: t.Service,
		})
	})
	return nil
}

// later is a handler that is made when it is first asked, beside the window's first frame.
func later(make func() http.Handler) http.Handler {
	made := sync.OnceValue(make)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { made().ServeHTTP(w, r) })
}

// Seed puts the sample people into the directory and their credentials into the store, once.
func (t *Trial) Seed(ctx context.Context) error {
	return trial.Seed(ctx, trial.Seeding{
		Directory: sampleDirectory{t.directory}, Store: t.Store, Methods: methods(), Rand: rand.Reader, Clock: t.config.Clock,
	})
}

// Close ends the backend, then what it stands on.
func (t *Trial) Close() error {
	var all error
	for i := len(t.close) - 1; i >= 0; i-- {
		all = errors.Join(all, t.close[i]())
	}
	t.close = nil
	if t.config.Folders.temporary != "" {
		all = errors.Join(all, os.RemoveAll(t.config.Folders.temporary))
	}
	return all
}

// SamplePerson is one of the sample organisation.
type SamplePerson = trial.Person

// SamplePeople are the people of the sample organisation.
func SamplePeople() []SamplePerson { return trial.People() }

// SampleDirectoryPeople are they and those in states that only an organisation's own directory has.
func SampleDirectoryPeople() []SamplePerson { return trial.DirectoryPeople() }

// SamplePolicy is the sample organisation's own policy as a document, with every setting.
func SamplePolicy() []byte { return policy.Effective(trial.Policy()) }

// sampleDirectory takes the sample people in.
type sampleDirectory struct{ *local.Directory }

// Put implements trial.Directory.
func (d sampleDirectory) Put(ctx context.Context, a port.DirectoryAccount, password app.Secret) error {
	return d.Directory.Put(ctx, local.Person{
		ID: a.ID, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
		Disabled: a.Disabled, Elsewhere: a.Elsewhere, LockedUntil: a.LockedUntil, Password: password,
	})
}
