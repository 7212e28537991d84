package backend_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/trial"
)

// document is the world's policy with changes, written out.
func (w *world) document(change ...func(*policy.Policy)) []byte {
	p := w.config.Policy
	for _, f := range change {
		f(&p)
	}
	return policy.Effective(p)
}

func named(name string) func(*policy.Policy) {
	return func(p *policy.Policy) { p.Organisation.Name = name }
}

// newestPolicy is the number of the newest version; 0 for none.
func (w *world) newestPolicy() int {
	w.t.Helper()
	var v port.PolicyVersion
	err := w.config.Store.View(w.t.Context(), func(tx port.Tx) (err error) {
		v, err = tx.NewestPolicy()
		return err
	})
	if !errors.Is(err, port.ErrNotFound) {
		w.ok(err)
	}
	return v.Number
}

// apply applies the world's policy with changes, as another process would, and gives the version's number.
func (w *world) apply(change ...func(*policy.Policy)) int {
	w.t.Helper()
	other, err := backend.New(w.config)
	w.ok(err)
	number, err := other.Apply(w.t.Context(), backend.Application{
		Document: w.document(change...), Source: "/srv/policy.toml", By: "ana", After: w.newestPolicy(),
	})
	w.ok(err)
	return number
}

// put adds a version as it is, whatever it holds.
func (w *world) put(document []byte) {
	w.t.Helper()
	v := port.PolicyVersion{Number: w.newestPolicy() + 1, At: w.clock.Now(), Document: document}
	v.Hash = digestOf(document)
	w.ok(w.config.Store.Update(w.t.Context(), func(tx port.Tx) error { return tx.AddPolicy(v) }))
}

func (w *world) organisation() string {
	w.t.Helper()
	org, err := w.Organisation(w.t.Context())
	w.ok(err)
	return org.Name
}

// told lists what the audit trail says of the policy: "policy.apply version_1".
func (w *world) told() []string {
	w.t.Helper()
	var said []string
	for _, e := range w.trail() {
		if strings.HasPrefix(e.Action, "policy.") {
			said = append(said, e.Action+" "+e.Reason)
		}
	}
	return said
}

func TestAnAppliedPolicyIsInForceWithoutARestart(t *testing.T) {
	w := newWorld(t)
	w.apply(named("First"))
	if got := w.organisation(); got != "Harbour Hospital" {
		t.Errorf("before it was looked for: %s", got)
	}
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "First" || w.PolicyVersion() != 1 {
		t.Errorf("after it: %s, version %d", got, w.PolicyVersion())
	}
	w.apply(named("Second"))
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "Second" || w.PolicyVersion() != 2 {
		t.Errorf("after another: %s, version %d", got, w.PolicyVersion())
	}
	if got := w.told(); !slices.Equal(got, []string{"policy.apply version_1", "policy.apply version_2"}) {
		t.Errorf("the audit trail says %v", got)
	}
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	defer func() { w.ok(w.Close()) }()
	if got := w.organisation(); got != "Second" {
		t.Errorf("after a restart: %s", got)
	}
}

func TestTheProgramsPolicyIsTheFirstVersion(t *testing.T) {
	w := newWorld(t)
	begin := func() {
		t.Helper()
		w.restart()
		w.ok(w.StartWorker(t.Context()))
		w.ok(w.Close())
	}
	begin()
	begin()
	if n := w.newestPolicy(); n != 1 {
		t.Fatalf("after two starts the newest version is %d, want 1", n)
	}
	w.config.Policy.Codes.Tries = 4 // another version of the program
	begin()
	if n := w.newestPolicy(); n != 2 {
		t.Errorf("another program's policy is not taken up: version %d", n)
	}
	w.apply(named("Ours"))
	w.config.Policy.Codes.Tries = 3
	begin()
	if n := w.newestPolicy(); n != 3 {
		t.Errorf("the program's policy was put over the one that was applied: version %d", n)
	}
}

func TestAVersionThatCannotBeUsedChangesNothingAndIsToldOnce(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.config.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.restart()
	w.apply(named("Good"))
	w.ok(w.Reload(t.Context()))
	w.put([]byte("[methods]\ngates = 9\n"))
	for range 3 {
		w.ok(w.Reload(t.Context()))
		w.clock.pass(time.Hour)
	}
	w.restart()
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "Good" || w.PolicyVersion() != 1 {
		t.Errorf("in force: %s, version %d", got, w.PolicyVersion())
	}
	if got := w.told(); !slices.Equal(got, []string{"policy.apply version_1", "policy.refused version_2"}) {
		t.Errorf("the audit trail says %v", got)
	}
	if !strings.Contains(log.String(), "methods.gates: must be 1 or 2, is 9") {
		t.Errorf("the log does not say why:\n%s", log.String())
	}
	w.put(w.document(named("Better")))
	w.put([]byte("from = \"a newer program\""))
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "Better" || w.PolicyVersion() != 3 {
		t.Errorf("between two that can't be used: %s, version %d", got, w.PolicyVersion())
	}
}

func TestADocumentThatWasChangedInTheStoreIsRefused(t *testing.T) {
	w := newWorld(t)
	v := port.PolicyVersion{Number: 1, Document: w.document(named("Forged")), Hash: digestOf(w.document())}
	w.ok(w.config.Store.Update(t.Context(), func(tx port.Tx) error { return tx.AddPolicy(v) }))
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "Harbour Hospital" {
		t.Errorf("in force: %s", got)
	}
}

func TestAStoreWithoutAVersionThatCanBeUsedIsNotStartedOn(t *testing.T) {
	w := newWorld(t)
	w.put([]byte("x"))
	w.config.PolicyFile = filepath.Join(t.TempDir(), "none.toml")
	w.restart()
	if err := w.StartWorker(t.Context()); err == nil {
		t.Error("it started with a policy that nobody applied")
	}
}

func TestFilesThatAreMissingKeepTheOldPolicyUntilTheyAreThere(t *testing.T) {
	w := newWorld(t)
	missing := false
	w.config.Resources = func(_ port.PolicyVersion, p policy.Policy) (backend.Resources, error) {
		if missing {
			return backend.Resources{}, os.ErrNotExist
		}
		return backend.Resources{Logo: []byte(p.Organisation.Name)}, nil
	}
	w.restart()
	w.apply(named("New"))
	missing = true
	w.ok(w.Reload(t.Context()))
	if org, err := w.Organisation(t.Context()); err != nil || org.Name != "Harbour Hospital" || string(org.Logo) != org.Name {
		t.Errorf("while the file is missing: %s with the logo %q, %v", org.Name, org.Logo, err)
	}
	missing = false
	w.clock.pass(time.Minute)
	w.ok(w.Reload(t.Context()))
	if org, err := w.Organisation(t.Context()); err != nil || org.Name != "New" || string(org.Logo) != "New" {
		t.Errorf("once it is there: %s with the logo %q, %v", org.Name, org.Logo, err)
	}
}

// lent is a breached list that knows whether it is open.
type lent struct {
	closed  bool
	reading func()
}

func (l *lent) Contains(app.Secret) (bool, error) {
	if l.reading != nil {
		l.reading()
	}
	if l.closed {
		return false, os.ErrClosed
	}
	return false, nil
}

// TestAnOperationKeepsItsPolicy applies another policy in the middle of one: it is judged by the old one to its end, whose
// files stay open until then and no longer.
func TestAnOperationKeepsItsPolicy(t *testing.T) {
	w, ben := newWorld(t), someone(trial.Registered)
	var lists []*lent
	w.config.Resources = func(port.PolicyVersion, policy.Policy) (backend.Resources, error) {
		l := &lent{}
		lists = append(lists, l)
		return backend.Resources{Breached: l, Close: func() error { l.closed = true; return nil }}, nil
	}
	w.restart()
	old := lists[0]
	k := w.toPassword(ben)
	old.reading = func() {
		w.apply(func(p *policy.Policy) { p.Feature.Reset, p.Feature.Groups = policy.ForNobody, nil })
		w.ok(w.Reload(t.Context()))
		if old.closed {
			t.Error("the list was closed under the operation that reads it")
		}
	}
	k.must(app.GivePassword{Password: secret(newPassword)})
	at[app.Done](k)
	if !old.closed || lists[len(lists)-1].closed {
		t.Errorf("afterwards: the old list closed %v, the new one %v", old.closed, lists[len(lists)-1].closed)
	}
	w.ok(w.Close())
	if !lists[len(lists)-1].closed {
		t.Error("the list in force stayed open")
	}
	if org, err := w.Organisation(t.Context()); err != nil || org.Reset {
		t.Errorf("the next operation has the old policy: %v", err)
	}
}

// TestEachOfManyOperationsHasOnePolicy asks while policies are applied one after the other: the name and the logo are of
// one version, the files of all but the last are closed, and none twice.
func TestEachOfManyOperationsHasOnePolicy(t *testing.T) {
	w := newWorld(t)
	var opened, closed atomic.Int32
	w.config.Resources = func(_ port.PolicyVersion, p policy.Policy) (backend.Resources, error) {
		opened.Add(1)
		return backend.Resources{Logo: []byte(p.Organisation.Name), Close: func() error { closed.Add(1); return nil }}, nil
	}
	w.restart()
	ctx, stop := context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for ctx.Err() == nil {
				if org, err := w.Organisation(ctx); err != nil || string(org.Logo) != org.Name {
					t.Errorf("the name is %q, the logo %q, %v", org.Name, org.Logo, err)
					return
				}
			}
		})
	}
	for i := range 20 {
		w.put(w.document(named(fmt.Sprint("Number ", i))))
		w.ok(w.Reload(t.Context()))
	}
	stop()
	asking.Wait()
	if opened.Load() != 21 || closed.Load() != 20 || w.PolicyVersion() != 20 {
		t.Errorf("opened %d, closed %d, version %d in force", opened.Load(), closed.Load(), w.PolicyVersion())
	}
}

// TestEveryServiceHoldsItsPolicy reads the source: what a caller may ask of a Backend begins by holding the policy.
func TestEveryServiceHoldsItsPolicy(t *testing.T) {
	services := map[string]bool{"Sweep": true}
	for _, typ := range []reflect.Type{reflect.TypeFor[app.Front](), reflect.TypeFor[app.Flows](), reflect.TypeFor[app.Grants]()} {
		for i := range typ.NumMethod() {
			services[typ.Method(i).Name] = true
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			f, is := decl.(*ast.FuncDecl)
			if !is || f.Recv == nil || !services[f.Name.Name] || strings.HasSuffix(name, "_test.go") {
				continue
			}
			delete(services, f.Name.Name)
			if first, is := f.Body.List[0].(*ast.AssignStmt); !is || fmt.Sprint(first.Lhs[0]) != "b" || len(first.Lhs) != 2 || fmt.Sprint(first.Lhs[1]) != "leave" {
				t.Errorf("%s: %s must begin with \"b, leave := b.enter()\"", name, f.Name.Name)
			}
		}
	}
	if len(services) > 0 {
		t.Errorf("not found: %v", services)
	}
}
