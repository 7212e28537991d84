// Package backend carries out what people ask for: it holds the state machines of signing in, registering and
// resetting, counts the tries, and keeps flow, counters, credentials, audit trail and outbox in step, in one
// transaction for each input. It knows no technology: the store, the directory, the methods and the clock are given.
//
// The machines are drawn beside their code in signin.go, register.go and reset.go. An input passes through flow.go
// (who asks, is it a repeat, is it the flow's turn), then the machine, then flow.go again (persist, audit, answer). A
// call that may be slow (the directory) is never made inside a transaction: the try is reserved before, the outcome is
// committed afterwards, with everything checked again.
package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Config is what a Backend is made of. Everything but Heads, Resources, PolicyFile, Trial and Log is required; Resources
// is, where a policy names files.
type Config struct {
	Store     port.Store
	Directory port.Directory
	Deliverer port.Deliverer
	Chain     port.Chain
	Heads     port.Heads  // of the audit trail; nil: none are signed
	Sealer    port.Sealer // for its keyed index
	Clock     port.Clock
	Rand      port.Rand // read by one caller at a time
	Methods   []app.Method
	Policy    policy.Policy // comes with the program, and holds until another is applied
	// Resources opens the files that a policy names; they lie beside the file that the version came from.
	Resources  func(v port.PolicyVersion, p policy.Policy) (Resources, error)
	PolicyFile string // the file that manages the policy, or empty
	Trial      bool   // the sample organisation
	Log        *slog.Logger
}

// Backend implements the services of package app. It is safe for concurrent use.
type Backend struct {
	*core
	held *inForce // the policy of the operation; nil outside of one
}

// core is what every operation shares.
type core struct {
	c       Config
	methods map[app.Kind]app.Method
	wrong   *memory       // wrong passwords of the last minutes
	writing *inProgress   // password writes that this process waits for
	hashing chan struct{} // holds a place for each answer set that is hashed
	signed  lastHead
	wake    chan struct{}
	stop    context.CancelFunc
	done    sync.WaitGroup

	policies  policies
	reloading sync.Mutex // guards the next two
	file      trials     // what the policy's file said
	newest    trials     // the newest version of the policy
}

var (
	_ app.Front  = (*Backend)(nil)
	_ app.Flows  = (*Backend)(nil)
	_ app.Grants = (*Backend)(nil)
	_ app.Passes = (*Backend)(nil)
)

// directoryTimeout bounds a call of the directory.
const directoryTimeout = 20 * time.Second

// New checks the configuration and makes a Backend. StartWorker sets its worker going.
func New(c Config) (*Backend, error) {
	required := map[string]bool{
		"Store": c.Store == nil, "Directory": c.Directory == nil, "Deliverer": c.Deliverer == nil,
		"Chain": c.Chain == nil, "Sealer": c.Sealer == nil, "Clock": c.Clock == nil, "Rand": c.Rand == nil,
	}
	for name, missing := range required {
		if missing {
			return nil, fmt.Errorf("backend: no %s", name)
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Rand = &lockedReader{r: c.Rand}
	b := &Backend{core: &core{
		c:       c,
		methods: make(map[app.Kind]app.Method, len(c.Methods)),
		wrong:   newMemory(),
		writing: newInProgress(),
		hashing: make(chan struct{}, runtime.GOMAXPROCS(0)),
		wake:    make(chan struct{}, 1),
	}}
	for _, m := range c.Methods {
		if _, twice := b.methods[m.Kind()]; twice {
			return nil, fmt.Errorf("backend: two methods of kind %s", m.Kind())
		}
		b.methods[m.Kind()] = m
	}
	r, err := open(c, port.PolicyVersion{}, c.Policy)
	if err != nil {
		return nil, fmt.Errorf("backend: %w", err)
	}
	b.policies.now = &inForce{Resources: r, policy: c.Policy}
	return b, nil
}

// tx is a transaction that remembers whether a message was put into the outbox, and which head is due.
type tx struct {
	port.Tx
	queued bool
	head   *port.AuditEntry // the last entry that was appended and is to be signed; nil for none
}

// Enqueue puts a message into the outbox; the worker is woken after the commit.
func (t *tx) Enqueue(r port.OutboxRecord) error {
	t.queued = true
	return t.Tx.Enqueue(r)
}

// update runs f in one transaction. An *app.Error of f passes as it is, anything foreign becomes CodeUnavailable.
func (b *Backend) update(ctx context.Context, f func(*tx) error) error {
	t := &tx{}
	err := b.c.Store.Update(ctx, func(inner port.Tx) error {
		*t = tx{Tx: inner}
		return f(t)
	})
	if err != nil {
		return unavailable(err)
	}
	if t.queued {
		b.nudge()
	}
	if t.head != nil {
		b.sign(*t.head)
	}
	return nil
}

// view runs f on a snapshot; errors as with update.
func (b *Backend) view(ctx context.Context, f func(*tx) error) error {
	return unavailable(b.c.Store.View(ctx, func(inner port.Tx) error { return f(&tx{Tx: inner}) }))
}

// unavailable keeps an *app.Error and wraps everything else.
func unavailable(err error) error {
	var known *app.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &app.Error{Code: app.CodeUnavailable, Cause: err}
}

// now is the time as the store keeps it: UTC, to the microsecond.
func (b *Backend) now() time.Time { return b.c.Clock.Now().UTC().Truncate(time.Microsecond) }

// Organisation tells anyone who the organisation is.
func (b *Backend) Organisation(context.Context) (app.Organisation, error) {
	b, leave := b.enter()
	defer leave()
	p := b.policy()
	return app.Organisation{
		Name:   p.Organisation.Name,
		Colour: p.Organisation.Colour,
		Logo:   b.force().Logo,
		HelpDesk: app.HelpDesk{
			Name:  p.HelpDesk.Name,
			Phone: p.HelpDesk.Phone,
			Hours: p.HelpDesk.Hours,
			Link:  p.HelpDesk.Link,
		},
		Reset:  !b.off(),
		Trial:  b.c.Trial,
		Gates:  p.Methods.Gates,
		Needed: b.needed(false),
	}, nil
}

// settings are the policy's figures for the methods.
func (b *Backend) settings() app.MethodSettings {
	own := make([]string, len(b.policy().Organisation.Domains))
	for i, domain := range b.policy().Organisation.Domains {
		own[i] = strings.ToLower(domain)
	}
	return app.MethodSettings{
		Organisation: b.policy().Organisation.Name,
		CodeLife:     b.policy().Codes.Lifetime,
		ResendAfter:  b.policy().Codes.ResendAfter,
		ConfirmFirst: b.policy().Codes.ConfirmDestination,
		OwnDomains:   own,
		Questions: app.QuestionSettings{
			Own:      b.policy().Questions.Own,
			Register: b.policy().Questions.Register,
			Ask:      b.policy().Questions.Ask,
		},
	}
}
