package backend_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
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
	verdict, err := other.ApplyPolicy(w.operator(), app.PolicyDraft{
		Document: w.document(change...), Source: "/srv/policy.toml", By: "ana", After: w.newestPolicy(), Strand: true,
	})
	w.ok(err)
	if len(verdict.Problems) > 0 {
		w.t.Fatalf("the policy was not applied: %v", verdict.Problems)
	}
	return verdict.Number
}

// stranded is how many people a change of the policy would strand.
func (w *world) stranded(change func(*policy.Policy)) int {
	w.t.Helper()
	verdict, err := w.CheckPolicy(w.operator(), app.PolicyDraft{Document: w.document(change), Source: "/x"})
	w.ok(err)
	if len(verdict.Problems) > 0 {
		w.t.Fatalf("the policy can't be used: %v", verdict.Problems)
	}
	return verdict.Stranded
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

// listening is a log that tells of the first line of a kind.
type listening struct {
	slog.Handler
	line  string
	heard chan struct{}
}

func (l listening) Enabled(context.Context, slog.Level) bool { return true }

func (l listening) Handle(_ context.Context, r slog.Record) error {
	if r.Message == l.line {
		select {
		case l.heard <- struct{}{}:
		default:
		}
	}
	return nil
}

// TestTheWorkerLooksForAnotherPolicy waits until it found one.
func TestTheWorkerLooksForAnotherPolicy(t *testing.T) {
	w := newWorld(t)
	changed := listening{Handler: slog.DiscardHandler, line: "the policy changed", heard: make(chan struct{}, 1)}
	w.config.Log = slog.New(changed)
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	defer func() { w.ok(w.Close()) }()
	<-changed.heard
	w.apply(named("Applied"))
	<-changed.heard
	if got := w.organisation(); got != "Applied" {
		t.Errorf("in force: %s", got)
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
	if !strings.Contains(log.String(), "methods.gates: one_or_two{is=9}") {
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
