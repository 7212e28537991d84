package backend_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/policy"
)

func digestOf(document []byte) []byte {
	sum := sha256.Sum256(document)
	return sum[:]
}

// managed is a world whose policy a file manages, and the way to write that file.
func managed(t *testing.T, log *bytes.Buffer) (*world, func(document []byte)) {
	t.Helper()
	w := newWorld(t)
	w.config.PolicyFile = filepath.Join(t.TempDir(), "policy.toml")
	w.config.Log = slog.New(slog.NewTextHandler(log, nil))
	write := func(document []byte) {
		t.Helper()
		w.ok(os.WriteFile(w.config.PolicyFile, document, 0o600))
	}
	write(w.document(named("Of the file")))
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	t.Cleanup(func() { w.ok(w.Close()) })
	return w, write
}

func TestAFileManagesThePolicy(t *testing.T) {
	var log bytes.Buffer
	w, write := managed(t, &log)
	if got := w.organisation(); got != "Of the file" || w.newestPolicy() != 1 {
		t.Fatalf("at first: %s, version %d", got, w.newestPolicy())
	}
	write(w.document(named("Edited")))
	w.ok(w.Reload(t.Context()))
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "Edited" || w.newestPolicy() != 2 {
		t.Errorf("after an edit: %s, version %d", got, w.newestPolicy())
	}
	write([]byte("[methods]\ngates = 9\n"))
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "Edited" || w.newestPolicy() != 2 {
		t.Errorf("after a bad edit: %s, version %d", got, w.newestPolicy())
	}
	if said := log.String(); !strings.Contains(said, w.config.PolicyFile) || !strings.Contains(said, "methods.gates: one_or_two{is=9}") {
		t.Errorf("the log does not tell of the bad edit:\n%s", said)
	}
	w.ok(os.Remove(w.config.PolicyFile))
	w.ok(w.Reload(t.Context()))
	if got := w.organisation(); got != "Edited" {
		t.Errorf("after the file was removed: %s", got)
	}
	write(w.document(named("Edited")))
	w.ok(w.Reload(t.Context()))
	if n := w.newestPolicy(); n != 2 {
		t.Errorf("what is in force already was added again: version %d", n)
	}
}

func TestNothingIsAppliedBesideTheFile(t *testing.T) {
	var log bytes.Buffer
	w, _ := managed(t, &log)
	apply := func() error {
		_, err := w.ApplyPolicy(w.operator(), app.PolicyDraft{Document: w.document(named("Beside")), Source: "/x", By: "ana", After: w.newestPolicy()})
		return err
	}
	var refusal *app.Error
	if err := apply(); !errors.As(err, &refusal) || refusal.Code != app.CodePolicyManaged || refusal.Params["file"] != w.config.PolicyFile || w.newestPolicy() != 1 {
		t.Errorf("with a file: %v, version %d", err, w.newestPolicy())
	}
	w.ok(w.Close())
	w.config.PolicyFile = ""
	w.restart()
	w.ok(w.StartWorker(t.Context()))
	if got := w.organisation(); got != "Of the file" || w.newestPolicy() != 1 {
		t.Errorf("once no file manages it: %s, version %d", got, w.newestPolicy())
	}
	w.ok(apply())
}

func TestAnApplicationIsCheckedFirst(t *testing.T) {
	w := newWorld(t)
	w.config.Methods = slices.DeleteFunc(w.config.Methods, func(m app.Method) bool { return m.Kind() == app.KindSMS })
	w.restart()
	w.apply(named("First"))
	for name, a := range map[string]app.PolicyDraft{
		"bad":              {Document: []byte("[methods]\ngates = 9\n"), After: 1},
		"comment":          {Document: w.document(), After: 1, Comment: "two\nlines"},
		"method not there": {Document: w.document(func(p *policy.Policy) { p.Methods.Allowed = append(p.Methods.Allowed, app.KindSMS) }), After: 1},
	} {
		if verdict, err := w.ApplyPolicy(w.operator(), a); err != nil || len(verdict.Problems) == 0 || verdict.Number != 0 || w.newestPolicy() != 1 {
			t.Errorf("%s: %+v, %v, version %d", name, verdict, err, w.newestPolicy())
		}
	}
	if _, err := w.ApplyPolicy(w.operator(), app.PolicyDraft{Document: w.document(), After: 0}); app.CodeOf(err) != app.CodePolicyMoved || w.newestPolicy() != 1 {
		t.Errorf("where somebody else was faster: %v", err)
	}
}

func TestThoseWhoWouldBeStrandedAreCounted(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		change func(*policy.Policy)
		want   int
	}{
		"nothing changes": {named("Other"), 0},
		"more to register": {func(p *policy.Policy) {
			p.Methods.Allowed = append(p.Methods.Allowed, app.KindSMS)
			p.Methods.Register = 3
		}, 0},
		"no private email":   {func(p *policy.Policy) { p.Methods.Allowed = []app.Kind{app.KindAuthApp, app.KindSMS} }, 4},
		"nobody":             {func(p *policy.Policy) { p.Feature.Reset, p.Feature.Groups = policy.ForNobody, nil }, 4},
		"one gate is enough": {func(p *policy.Policy) { p.Methods.Gates = 1 }, 0},
		"one gate, app alone": {func(p *policy.Policy) {
			p.Methods.Gates, p.Methods.Register, p.Methods.Allowed = 1, 1, []app.Kind{app.KindAuthApp}
		}, 1}, // the administrator
	} {
		if got := w.stranded(c.change); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
