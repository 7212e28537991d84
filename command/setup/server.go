package setup

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/delivery/receipt"
	"github.com/sparekey/sparekey/backend/delivery/route"
	"github.com/sparekey/sparekey/backend/directory/ldap"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/listen"
	"github.com/sparekey/sparekey/backend/page"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/telemetry"
)

// ServerParts are what a server gets that its settings don't name. Tests replace the clock and what comes after it; the zero
// value of each is the real one.
type ServerParts struct {
	Version   string // of the program
	Err       io.Writer
	Clock     port.Clock
	Hasher    local.Hasher      // of the local directory
	Network   ldap.Network      // how directories behind LDAP are reached
	Graph     http.RoundTripper // how Entra ID is reached; nil: as anything else is
	Deliverer port.Deliverer    // of mails, texts and calls, in place of those that the settings name
	Receipts  port.Receipts     // of what providers say later, in place of the backend
	Ready     func(public, admin string)

	log *slog.Logger // nil: silent
}

// commandParts are those of a command that works on a server's store and directories; tests replace how these are reached.
var commandParts = ServerParts{Clock: systemClock{}}

// Server is the organisation's server, whose backend is at work. Make it with OpenServer.
type Server struct {
	plan    *ServerPlan
	parts   ServerParts
	log     *slog.Logger
	watched *telemetry.Telemetry
	health  *listen.Health
	route   *route.Route     // of messages
	sources []receipt.Source // of what providers say later of them
	service *backend.Backend
	handler http.Handler // the API
	links   []func()     // begin what providers keep open
	close   []func() error
}

// OpenServer opens keys, store, directory and backend, and sets that to work.
func OpenServer(ctx context.Context, plan *ServerPlan, parts ServerParts) (*Server, error) {
	if parts.Clock == nil {
		parts.Clock = systemClock{}
	}
	s := &Server{plan: plan, parts: parts, log: newServerLog(plan.settings.Log, plan.level, parts.Err)}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	if err := s.claim(); err != nil {
		return err
	}
	s.watch()
	config, err := s.configure(ctx)
	if err != nil {
		return err
	}
	return s.begin(ctx, config)
}

// configure opens keys, store and directory, and gives what the backend is made of.
func (s *Server) configure(ctx context.Context) (backend.Config, error) {
	keys := s.plan.keys
	sealer, err := openKeys(keys)
	if err != nil {
		return backend.Config{}, keys.explain(err)
	}
	heads, err := openHeads(keys)
	if err != nil {
		return backend.Config{}, err
	}
	s.close = append(s.close, heads.Close)
	kept, err := store.Open(ctx, keys.database(), sealer)
	if err != nil {
		return backend.Config{}, keys.explain(err)
	}
	s.close = append(s.close, kept.Close)
	parts := s.parts
	parts.log = s.log
	directory, err := openDirectories(ctx, s.plan, parts, sealer)
	if err != nil {
		return backend.Config{}, err
	}
	s.close = append(s.close, directory.close)
	if err := s.openDelivery(); err != nil {
		return backend.Config{}, err
	}
	s.health = s.newHealth(kept, directory)
	return backend.Config{
		People: peopleOf(directory), BaseURL: strings.TrimRight(s.plan.settings.BaseURL, "/"),
		Store: s.watched.Store(kept), Directory: s.watched.Directory(directory), Deliverer: s.watched.Deliverer(s.deliverer()),
		Chain: audit.Chain{}, Heads: heads, Sealer: sealer, Clock: s.parts.Clock, Rand: rand.Reader, Methods: methods(),
		Policy: s.plan.policy.Policy, PolicyFile: s.plan.beside(s.plan.settings.Policy.File), Log: s.log, PassOnly: s.plan.passOnly(),
		Version: s.parts.Version,
		Resources: func(v port.PolicyVersion, p policy.Policy) (backend.Resources, error) {
			if v.Source == "" { // the file's, before it is a version
				v.Source, v.Document = s.plan.beside(s.plan.settings.Policy.File), s.plan.policy.Document
			}
			return openResources(v, p)
		},
	}, nil
}

// begin sets the backend to work. It goes on until Close, also where ctx ends: what has begun is carried through.
func (s *Server) begin(ctx context.Context, c backend.Config) (err error) {
	if s.service, err = backend.New(c); err != nil {
		return err
	}
	s.close = append(s.close, s.service.Close)
	if err := s.service.StartWorker(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	for _, begin := range s.links {
		begin()
	}
	requests := listen.NewRequests(s.plan.settings.Limits.RequestsPerMinute, s.plan.shared, s.parts.Clock)
	pages, err := page.New(page.Config{Objections: s.service, Organisation: s.service.Organisation, Now: s.parts.Clock.Now})
	if err != nil {
		return err
	}
	served := api.Config{
		Pages: pages,
		Front: s.service, Flows: s.service, Grants: s.service, Version: s.parts.Version, Clock: s.parts.Clock, Log: s.log,
		Admin: app.Administration{
			Policies: s.service, Contacts: s.service, Passes: s.service, Accounts: s.service, Trail: trail{s.plan.keys}, Stations: s.service, Tokens: s.service, Messages: s.service,
		},
		Stations:       s.service,
		TrustedProxies: s.plan.proxies, Host: s.plan.host, Requests: requests.Take, Observer: s.watched,
	}
	s.takeReceipts(&served)
	s.handler = api.New(served)
	s.watched.Gauge("sparekey_policy_version", "The version of the policy that is in force.", func() float64 { return float64(s.service.PolicyVersion()) })
	s.watched.Gauge("sparekey_stations_silent", "Kiosks that neither reported nor sent anything else for half an hour.", s.silentStations)
	return nil
}

// silentStations counts them for who looks at the figures; no number where the store doesn't say.
func (s *Server) silentStations() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), lookWithin)
	defer cancel()
	n, err := s.service.SilentStations(ctx)
	if err != nil {
		return math.NaN()
	}
	return float64(n)
}

// lookWithin bounds how long a figure is waited for.
const lookWithin = 2 * time.Second

// claim makes this process the one server on its data.
func (s *Server) claim() error {
	release, err := s.plan.keys.claimServer()
	if err == nil {
		s.close = append(s.close, release)
	}
	return err
}

// serverLock is the file that the process holds which serves the data.
func (k keyFiles) serverLock() string { return filepath.Join(k.data, "server.lock") }

// claimServer makes this process the one that serves the data, or restores it.
func (k keyFiles) claimServer() (release func() error, err error) {
	if err := os.MkdirAll(k.data, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(k.serverLock(), flock.SetPermissions(0o600))
	taken, err := lock.TryLock()
	if err == nil && !taken {
		err = errors.New(words.Text("command.serve.running", words.Values{"folder": k.data}))
	}
	if err == nil {
		err = giveLock(k.data, lock)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock.Close, nil
}

// giveLock gives a lock that root has made in a folder of another account to that one, which otherwise could never take it.
func giveLock(folder string, lock *flock.Flock) error {
	to, err := holderOf(folder)
	return errors.Join(err, to.give(lock.Path()))
}

// watch begins to measure and, where the settings want it, to trace.
func (s *Server) watch() {
	traces := s.plan.settings.Traces
	if traces.Endpoint == "" {
		s.watched = telemetry.New(s.parts.Version, s.parts.Clock, nil)
		return
	}
	provider := telemetry.NewProvider(telemetry.Traces{
		Endpoint: traces.Endpoint, Percent: traces.Percent, Version: s.parts.Version, Log: s.log,
	})
	s.close = append(s.close, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), lastTraces)
		defer cancel()
		_ = provider.Shutdown(ctx) // traces that can't be sent any more are lost, as they always may be
		return nil
	})
	s.watched = telemetry.New(s.parts.Version, s.parts.Clock, provider)
}

// lastTraces bounds how long the stop waits for a collector.
const lastTraces = 2 * time.Second

// Close ends the backend, then what it stands on.
func (s *Server) Close() error {
	var all error
	for i := len(s.close) - 1; i >= 0; i-- {
		all = errors.Join(all, s.close[i]())
	}
	s.close = nil
	return all
}
