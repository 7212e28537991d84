package backend_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/work"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/audit"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/backend/vault"
)

// The real store, vault, audit chain, directory and methods take part: what is tested is that they hold together.

// clock stands still until a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// repeating is a source of randomness that repeats, for many readers at once, as crypto/rand.Reader is.
type repeating struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (r *repeating) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Read(p)
}

// seeded is such a source that begins with a byte.
func seeded(first byte) *repeating {
	var key [32]byte
	key[0] = first
	return &repeating{source: rand.NewChaCha8(key)}
}

// directory is the local one, with faults to inject.
type directory struct {
	*local.Directory
	mu     sync.Mutex
	set    func(write func() error) error  // around SetPassword
	change func(write func() error) error  // around ChangePassword
	rules  func(*port.PasswordRules)       // what it says besides
	mute   bool                            // it gives no stamps
	down   error                           // of every reading call
	listed error                           // of listing administrators
	verify int                             // calls of Verify
	gone   app.AccountID                   // is not there any more
	lift   func(unlock func() error) error // around Unlock
	slow   func()                          // what happens while Verify's answer is on its way
	cannot map[app.AccountID]port.Cannot   // what it can't do, for whom
	lag    time.Duration                   // how old what it says may be
	stale  string                          // the stamp that a server gives which was not told yet; empty: none is asked
}

// unsupported is how a directory answers what it can't do.
var unsupported = app.Errorf(app.CodeUnavailable, "the world's directory: %w", port.ErrUnsupported)

func (d *directory) fault() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.down
}

func (d *directory) Find(ctx context.Context, userID string) (port.DirectoryAccount, error) {
	if err := d.fault(); err != nil {
		return port.DirectoryAccount{}, err
	}
	return d.said(d.Directory.Find(ctx, userID))
}

func (d *directory) Administrators(ctx context.Context) ([]port.DirectoryAccount, error) {
	if d.listed != nil {
		return nil, d.listed
	}
	if err := d.fault(); err != nil {
		return nil, err
	}
	return d.Directory.Administrators(ctx)
}

// said is an account as the directory gives it.
func (d *directory) said(a port.DirectoryAccount, err error) (port.DirectoryAccount, error) {
	if d.mute {
		a.Stamp = ""
	}
	if d.stale != "" {
		a.Stamp = d.stale
	}
	a.Cannot, a.Lag = d.cannot[a.ID], d.lag
	return a, err
}

func (d *directory) Account(ctx context.Context, id app.AccountID) (port.DirectoryAccount, error) {
	if err := d.fault(); err != nil {
		return port.DirectoryAccount{}, err
	}
	if id == d.gone && id != "" {
		return port.DirectoryAccount{}, port.ErrNotFound
	}
	return d.said(d.Directory.Account(ctx, id))
}

func (d *directory) Verify(ctx context.Context, id app.AccountID, password app.Secret) error {
	d.mu.Lock()
	d.verify++
	d.mu.Unlock()
	asked := id
	if d.cannot[id].Verify {
		asked = "nobody"
	}
	err := d.Directory.Verify(ctx, asked, password)
	if asked != id {
		err = unsupported
	}
	if d.slow != nil {
		d.slow()
	}
	return err
}

func (d *directory) SetPassword(ctx context.Context, id app.AccountID, password app.Secret) error {
	write := func() error { return d.Directory.SetPassword(ctx, id, password) }
	if d.set != nil {
		return d.set(write)
	}
	return write()
}

func (d *directory) ChangePassword(ctx context.Context, id app.AccountID, present, password app.Secret) error {
	write := func() error { return d.Directory.ChangePassword(ctx, id, present, password) }
	if d.cannot[id].Verify {
		return unsupported
	}
	if d.change != nil {
		return d.change(write)
	}
	return write()
}

func (d *directory) Rules(ctx context.Context, id app.AccountID) (port.PasswordRules, error) {
	r, err := d.Directory.Rules(ctx, id)
	if d.rules != nil && err == nil {
		d.rules(&r)
	}
	return r, err
}

func (d *directory) Unlock(ctx context.Context, id app.AccountID) error {
	unlock := func() error { return d.Directory.Unlock(ctx, id) }
	if d.cannot[id].Unlock {
		return unsupported
	}
	if d.lift != nil {
		return d.lift(unlock)
	}
	return unlock()
}

// Put implements trial.Directory.
func (d *directory) Put(ctx context.Context, a port.DirectoryAccount, password app.Secret) error {
	p := local.Person{
		ID: a.ID, UserID: a.UserID, Name: a.Name, Names: a.Names, Mail: a.Mail, Groups: a.Groups, Admin: a.Admin,
		Disabled: a.Disabled, Elsewhere: a.Elsewhere, Protected: a.Protected, MustChange: a.MustChange,
		LockedUntil: a.LockedUntil, Password: password,
	}
	if a.Expired {
		p.Expires = time.Unix(1, 0)
	}
	return d.Directory.Put(ctx, p)
}

// post is a deliverer that may fail.
type post struct {
	trial.Tray
	fail error
}

func (p *post) Deliver(ctx context.Context, m app.Message) error {
	if p.fail != nil {
		return p.fail
	}
	return p.Tray.Deliver(ctx, m)
}

// world is the sample organisation with a backend.
type world struct {
	*backend.Backend
	t      testing.TB
	config backend.Config
	clock  *clock
	dir    *directory
	post   *post
	keys   int
	folder string // what the store wrote
	sealer *countingSealer
	people func(path string) *local.Directory // opens a directory that behaves as the world's
}

func newWorld(t testing.TB, change ...func(*policy.Policy)) *world {
	t.Helper()
	return newWorldOf(t, local.Config{Threshold: 10, LockFor: time.Hour, Window: time.Hour}, change...)
}

// newWorldOf has a directory that locks otherwise, and lets passwords be of another age.
func newWorldOf(t testing.TB, config local.Config, change ...func(*policy.Policy)) *world {
	t.Helper()
	return newWorldOn(t, "", config, change...)
}

// newWorldOn has its directory in a file of this name beside the store; empty for in memory.
func newWorldOn(t testing.TB, file string, config local.Config, change ...func(*policy.Policy)) *world {
	t.Helper()
	w := &world{t: t, clock: &clock{now: time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)}, post: &post{}}
	folder := t.TempDir()
	w.folder = folder
	random := seeded(1)
	master, err := vault.NewMaster(random)
	w.ok(err)
	sealer, err := vault.Create(filepath.Join(folder, "keys"), master, seeded(9)) // of its own: how often the store seals changes no ID
	w.ok(err)
	w.sealer = &countingSealer{Sealer: sealer, done: tally{}}
	db := w.openStore(filepath.Join(folder, "store.db"))
	w.people = func(path string) *local.Directory {
		people, err := local.Open(t.Context(), path, local.Config{
			Clock: w.clock, Hasher: local.Argon2{Rand: random, Memory: 8, Time: 1, Threads: 1}, Parallel: 2,
			Threshold: config.Threshold, LockFor: config.LockFor, Window: config.Window, History: 3, MinLength: 8,
			MinAge: config.MinAge, ResetsToo: config.ResetsToo, MaxAge: config.MaxAge,
			Domain: "harbour.example",
		})
		w.ok(err)
		t.Cleanup(func() { _ = people.Close() })
		return people
	}
	if file = filepath.Join(folder, file); file == folder {
		file = local.InMemory
	}
	w.dir = &directory{Directory: w.people(file)}
	p := trial.Policy()
	p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindEmail}
	for _, f := range change {
		f(&p)
	}
	w.config = backend.Config{
		Store: db, Directory: w.dir, Deliverer: w.post, Chain: audit.Chain{}, Sealer: w.sealer, Clock: w.clock,
		Beat: w.sealer, Rand: random, Methods: everyMethod(), Policy: p, Trial: true, Work: work.Cost{Memory: 8, Passes: 1, Bits: 6},
	}
	w.ok(trial.Seed(t.Context(), trial.Seeding{
		Directory: w.dir, Store: db, Methods: w.config.Methods, Rand: random, Clock: w.clock,
	}))
	w.restart()
	return w
}

func (w *world) openStore(path string) *store.Store {
	w.t.Helper()
	db, err := store.Open(w.t.Context(), path, w.sealer)
	w.ok(err)
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

// restart makes a new backend on what the old one left behind.
func (w *world) restart() {
	w.t.Helper()
	var err error
	w.Backend, err = backend.New(w.config)
	w.ok(err)
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) key() app.IdempotencyKey {
	w.keys++
	return app.IdempotencyKey(fmt.Sprintf("key-%016d", w.keys))
}

// exhaustive leaves out of `go test -short` what goes through every case, one after the other: the race detector finds nothing
// there that other tests don't show it, and takes five times as long. `make test` runs it without.
func exhaustive(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("every case")
	}
}

func someone(state trial.State) trial.Person {
	for _, p := range trial.People() {
		if p.State == state {
			return p
		}
	}
	panic("nobody is " + state)
}

// talk is a conversation as a client has it.
type talk struct {
	w    *world
	ctx  context.Context
	flow app.Flow
}

var here = app.Origin{Station: "desk 4", Network: "local"}

// start begins a flow; caller matters to a registration only.
func (w *world) start(purpose app.Purpose, caller app.Caller) *talk {
	w.t.Helper()
	if caller.Origin == (app.Origin{}) {
		caller.Origin = here
	}
	flow, err := w.Start(app.WithCaller(w.t.Context(), caller), app.Start{Purpose: purpose, Key: w.key()})
	w.ok(err)
	return &talk{w: w, flow: flow, ctx: app.WithCaller(w.t.Context(), app.Caller{Role: app.RoleFlow, Flow: flow.ID, Origin: caller.Origin})}
}

func (w *world) as(id app.FlowID) context.Context {
	return app.WithCaller(w.t.Context(), app.Caller{Role: app.RoleFlow, Flow: id, Origin: here})
}

// operator is an administrator in this process.
func (w *world) operator() context.Context {
	return app.WithCaller(w.t.Context(), app.Caller{Role: app.RoleAdmin, Origin: here})
}

// say submits an input and keeps the flow that came back.
func (k *talk) say(in app.Input) error {
	k.w.t.Helper()
	flow, err := k.w.Submit(k.ctx, k.flow.ID, k.flow.Rev, k.w.key(), in)
	if flow.ID != "" {
		k.flow = flow
	}
	return err
}

// again reads the flow anew.
func (k *talk) again() *talk {
	k.w.t.Helper()
	var err error
	k.flow, err = k.w.Get(k.ctx, k.flow.ID)
	k.w.ok(err)
	return k
}

// must submits inputs that have to be taken.
func (k *talk) must(inputs ...app.Input) *talk {
	k.w.t.Helper()
	for _, in := range inputs {
		if err := k.say(in); err != nil {
			k.w.t.Fatalf("%T at %T: %v", in, k.flow.Now, err)
		}
	}
	return k
}

// refused submits an input that has to be refused with a code.
func (k *talk) refused(in app.Input, code app.Code) *app.Error {
	k.w.t.Helper()
	err := k.say(in)
	if app.CodeOf(err) != code {
		k.w.t.Fatalf("%T at %T: %v, want %s", in, k.flow.Now, err, code)
	}
	refusal := err.(*app.Error)
	if !refusal.At.Equal(k.w.clock.Now()) || refusal.Support == "" {
		k.w.t.Fatalf("%s: at %v, support %q", code, refusal.At, refusal.Support)
	}
	return refusal
}

// at fails unless the flow stands at a step of this type, and gives the step.
func at[S app.Step](k *talk) S {
	k.w.t.Helper()
	step, ok := k.flow.Now.(S)
	if !ok {
		k.w.t.Fatalf("the flow stands at %T %+v, want %v", k.flow.Now, k.flow.Now, reflect.TypeFor[S]())
	}
	return step
}

// code is what the person's phone shows now, as an input.
func (w *world) code(p trial.Person) app.GiveCode {
	return app.GiveCode{Digits: app.NewSecret(p.Code(w.clock.Now()))}
}

// mailed is the latest code that went to an address.
func (w *world) mailed(to string) app.GiveCode {
	w.t.Helper()
	var code string
	for _, m := range w.messages() {
		if m.To == to && m.Code != "" {
			code = m.Code
		}
	}
	if code == "" {
		w.t.Fatalf("no code went to %s", to)
	}
	return app.GiveCode{Digits: app.NewSecret(code)}
}

// messages delivers what is due and lists what has arrived.
func (w *world) messages() []app.Message {
	w.t.Helper()
	w.ok(w.Deliver(w.t.Context()))
	return w.post.Messages()
}

// wrongCode is six digits that are not the phone's.
func (w *world) wrongCode(p trial.Person) app.GiveCode {
	right := w.code(p).Digits.Reveal()
	return app.GiveCode{Digits: app.NewSecret(fmt.Sprintf("%c%s", '0'+(right[0]-'0'+1)%10, right[1:]))}
}
