package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/trial"
	"github.com/sparekey/sparekey/command/setup"
)

// applierFolder tells this test binary to apply policies to the trial in that folder until it is killed.
const applierFolder = "SPAREKEY_APPLIER_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(applierFolder); dir != "" {
		fmt.Fprintln(os.Stderr, applyUntilKilled(dir))
		os.Exit(1)
	}
	if os.Getenv(asProgram) != "" {
		os.Exit(beProgram())
	}
	os.Exit(m.Run())
}

// applyUntilKilled applies two policies by turns, and prints a line after each.
func applyUntilKilled(data string) error {
	for i := 0; ; i++ {
		path := filepath.Join(filepath.Dir(data), fmt.Sprintf("%d.toml", i%2))
		code := Run(context.Background(), Program{Out: io.Discard, Err: os.Stderr}, []string{"policy", "apply", path, "--data", data})
		if code != 0 {
			return fmt.Errorf("exit code %d", code)
		}
		fmt.Println(i)
	}
}

// TestAPolicyThatIsKilledWhileItIsAppliedIsThereOrNot kills the command at random points, and looks for versions that are
// not whole, are lost, or are not in the audit trail.
func TestAPolicyThatIsKilledWhileItIsAppliedIsThereOrNot(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{Folders: setup.FoldersAt(data), Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }() // the window is open all the while
	for i := range 2 {
		p := trial.Policy()
		p.Codes.Tries = 3 + i
		if err := os.WriteFile(filepath.Join(filepath.Dir(data), fmt.Sprintf("%d.toml", i)), policy.Effective(p), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	acknowledged := 1 // the trial's own
	for range 8 {
		acknowledged += killApplier(t, data, 1+random.IntN(2), time.Duration(random.Int64N(int64(60*time.Millisecond))))
		versions := policyHolds(t, data)
		if versions < acknowledged || versions > acknowledged+1 {
			t.Fatalf("%d versions, of which %d were acknowledged", versions, acknowledged)
		}
		acknowledged = versions
	}
	if code, out, errs := said(t, "audit", "verify", "--data", data); code != 0 {
		t.Errorf("the audit trail does not hold: %s%s", out, errs)
	}
}

// killApplier kills an applier so long after its line n, and tells how many lines it wrote.
func killApplier(t *testing.T, data string, n int, after time.Duration) int {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), applierFolder+"="+data)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for lines := bufio.NewScanner(out); lines.Scan(); said++ {
		if said+1 == n {
			time.AfterFunc(after, func() { _ = child.Process.Kill() })
		}
	}
	if err := child.Wait(); err == nil || said < n {
		t.Fatalf("the applier ended by itself after %d: %v", said, err)
	}
	return said
}

// policyHolds counts the versions, each of which must be whole and stand in the audit trail.
func policyHolds(t *testing.T, data string) int {
	t.Helper()
	told := map[string]int{}
	if err := store.ReadAudit(t.Context(), setup.FoldersAt(data).Database(), func(page []port.AuditEntry) error {
		for _, e := range page {
			if e.Action == "policy.apply" {
				told[e.Reason]++
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	admin, end, err := setup.Admin(t.Context(), setup.Target{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = end() }()
	h, err := admin.Policies.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, listed := range h.Versions {
		v, err := admin.Policies.Version(t.Context(), listed.Number)
		if err == nil {
			_, err = setup.UsablePolicy(v)
		}
		if err != nil || v.Number != len(h.Versions)-i || told[fmt.Sprintf("version_%d", v.Number)] != 1 {
			t.Fatalf("version %d, the %d. of %d: %v; audit trail: %v", v.Number, i+1, len(h.Versions), err, told)
		}
	}
	if len(told) != len(h.Versions) {
		t.Fatalf("%d versions, and the audit trail tells of %d", len(h.Versions), len(told))
	}
	return len(h.Versions)
}
