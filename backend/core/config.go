// Package core is what every operation of the backend stands on: the policy that holds for it, the one transaction that
// spans everything, the audit trail's writer, calls of the directory with their time limit, messages to an account's owner,
// tokens and identifiers. It knows no technology: the store, the directory, the methods and the clock are given.
package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Config is what a backend is made of. Everything but People, Version, Beat, Work, Heads, Server, Resources, BaseURL, PolicyFile, Trial, PassOnly and Log is required;
// Resources is, where a policy names files.
type Config struct {
	Store     port.Store
	Directory port.Directory
	People    port.People // the directory's half that people are entered by; nil: they are entered elsewhere
	Deliverer port.Deliverer
	Chain     port.Chain
	Heads     port.Heads  // of the audit trail; nil: none are signed
	Sealer    port.Sealer // for its keyed index
	Clock     port.Clock
	Beat      port.Beat // of replies to strangers; nil for DefaultBeat
	Rand      port.Rand // read by one caller at a time
	Methods   []app.Method
	Policy    policy.Policy // comes with the program, and holds until another is applied
	// Server names this server among those that share the store: what it leased there before a crash is its own. Empty where
	// it is the only one.
	Server string
	// Resources opens the files that a policy names; they lie beside the file that the version came from.
	Resources  func(v port.PolicyVersion, p policy.Policy) (Resources, error)
	BaseURL    string    // of the server, "https://reset.example.org": links in notices lead there; empty: there is none, and no link
	Work       work.Cost // of a puzzle; zero for work.Default
	PolicyFile string    // the file that manages the policy, or empty
	Trial      bool      // the sample organisation
	PassOnly   bool      // there are people whose password the directory can't verify (port.Cannot); everybody is told that
	Version    string    // of the program
	Log        *slog.Logger
}

// Core is what every operation shares. It is safe for concurrent use.
type Core struct {
	Config
	methods  map[app.Kind]app.Method
	policies policies
	signed   lastHead
	known    knownEntry
	ahead    ahead
	refusals refusals
	pace     pace
	queued   func() // is called after a commit that put a message into the outbox
	carrier  atomic.Pointer[Carrier]
	newest   newestTime

	onClockBack func(tx *Tx, newest, now time.Time) error
}

// New checks the configuration and makes a Core. messageQueued is called after each commit that put a message into the
// outbox, and must not block.
func New(c Config, messageQueued func()) (*Core, error) {
	required := map[string]bool{
		"Store": c.Store == nil, "Directory": c.Directory == nil, "Deliverer": c.Deliverer == nil,
		"Chain": c.Chain == nil, "Sealer": c.Sealer == nil, "Clock": c.Clock == nil, "Rand": c.Rand == nil,
	}
	for name, missing := range required {
		if missing {
			return nil, fmt.Errorf("backend: no %s", name)
		}
	}
	if c.Beat == nil {
		c.Beat = DefaultBeat
	}
	if c.Work == (work.Cost{}) {
		c.Work = work.Default
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Rand = &lockedReader{r: c.Rand}
	core := &Core{Config: c, methods: make(map[app.Kind]app.Method, len(c.Methods)), queued: messageQueued}
	for _, m := range c.Methods {
		if _, twice := core.methods[m.Kind()]; twice {
			return nil, fmt.Errorf("backend: two methods of kind %s", m.Kind())
		}
		core.methods[m.Kind()] = m
	}
	r, err := openResources(c, port.PolicyVersion{}, c.Policy)
	if err != nil {
		return nil, fmt.Errorf("backend: %w", err)
	}
	if err := checkFrozenAtStart(c); err != nil {
		return nil, errors.Join(fmt.Errorf("backend: %w", err), r.CloseAll())
	}
	core.policies.now = &policyInForce{Resources: r, policy: c.Policy}
	if err := core.readNewest(context.Background()); err != nil {
		return nil, errors.Join(fmt.Errorf("backend: %w", err), r.CloseAll())
	}
	return core, nil
}

// Now is the time as the store keeps it: UTC, to the microsecond.
func (c *Core) Now() time.Time {
	now := c.Clock.Now().UTC().Truncate(time.Microsecond)
	c.newest.note(now)
	return now
}

// Update runs f in one transaction, unless somebody changed the store or the audit trail from outside. An *app.Error of f
// passes as it is, anything foreign becomes CodeUnavailable.
func (c *Core) Update(ctx context.Context, f func(*Tx) error) error {
	if err := c.settleClock(ctx); err != nil {
		return err
	}
	return c.update(ctx, f)
}

// Join is Update for what nobody waits for, as the store's.
func (c *Core) Join(ctx context.Context, patience time.Duration, f func(*Tx) error) error {
	if err := c.settleClock(ctx); err != nil {
		return err
	}
	return c.written(f, func(f func(port.Tx) error) error { return c.Store.Join(ctx, patience, f) })
}

func (c *Core) update(ctx context.Context, f func(*Tx) error) error {
	return c.written(f, func(f func(port.Tx) error) error { return c.Store.Update(ctx, f) })
}

// written runs f in a transaction of the store's, and does what is due once it is durable.
func (c *Core) written(f func(*Tx) error, in func(func(port.Tx) error) error) error {
	t, err := c.commit(f, in)
	if err == nil {
		t.durable()
	}
	return err
}

// commit runs f in a transaction of the store's.
func (c *Core) commit(f func(*Tx) error, in func(func(port.Tx) error) error) (*Tx, error) {
	t := &Tx{core: c}
	kept := false
	defer func() {
		if !kept { // f failed, or panicked
			t.handOver(false)
		}
	}()
	err := in(func(inner port.Tx) error {
		t.Tx = inner
		return t.guarded(f)
	})
	if err != nil {
		return nil, c.unavailable(err)
	}
	kept = true
	c.known.learn(t.last)
	return t, nil
}

// durable does what is due once the transaction is.
func (t *Tx) durable() {
	t.handOver(true)
	if t.queued {
		t.core.queued()
	}
	if t.head != nil {
		t.core.sign(*t.head)
	}
}

// View runs f on a snapshot; errors as with Update.
func (c *Core) View(ctx context.Context, f func(*Tx) error) error {
	if err := c.settleClock(ctx); err != nil {
		return err
	}
	return c.unavailable(c.Store.View(ctx, func(inner port.Tx) error { return f(&Tx{Tx: inner, core: c}) }))
}

// CheckStore looks whether the store is as the program made it.
func (c *Core) CheckStore(ctx context.Context) error { return c.unavailable(c.Store.Check(ctx)) }
