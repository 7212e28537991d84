package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// roaming is a profile on Windows: the configuration folder goes along from computer to computer.
func roaming(t *testing.T, config string) Folders {
	t.Helper()
	return foldersIn("windows", t.TempDir(), config)
}

// TestNothingOfATrialRoams: whatever a trial makes lies in the local folder, the lock on it included.
func TestNothingOfATrialRoams(t *testing.T) {
	config := t.TempDir()
	f := roaming(t, config)
	e, err := StartTrial(t.Context(), TrialConfig{Folders: f, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(config); err != nil || len(left) != 0 {
		t.Errorf("in the roaming folder: %v, %v", left, err)
	}
	if f := foldersIn("linux", "/data", "/config"); f.Key != filepath.FromSlash("/config/sparekey/trial-key") || f.former != "" {
		t.Errorf("on another system: %+v", f)
	}
}

// before makes a trial as it was made when its key and heads roamed.
func before(t *testing.T, now Folders) {
	t.Helper()
	e, err := StartTrial(t.Context(), TrialConfig{Folders: Folders{Data: now.Data, Key: now.former}, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

// verified fails unless the trial's audit trail holds.
func verified(t *testing.T, f Folders, when string) {
	t.Helper()
	report, err := administration{folders: f.asTheyLie()}.VerifyTrail(t.Context())
	if err != nil || report.Fault != nil || report.Vouched == 0 {
		t.Errorf("%s: %+v, %v", when, report, err)
	}
}

func TestWhatRoamedIsMovedIn(t *testing.T) {
	config := t.TempDir()
	f := roaming(t, config)
	before(t, f)
	verified(t, f, "before it is moved")
	// One that was interrupted goes on where it was.
	if err := moveFile(Folders{Key: f.former}.Heads(), f.Heads()); err != nil {
		t.Fatal(err)
	}
	e, err := StartTrial(t.Context(), TrialConfig{Folders: f, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	verified(t, f, "afterwards")
	if left, err := filepath.Glob(filepath.Join(config, "sparekey", "*")); err != nil || len(left) != 0 {
		t.Errorf("left in the roaming folder: %v, %v", left, err)
	}
	for _, path := range []string{f.Key, f.AuditKey(), f.Heads()} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
}

// TestAnotherComputersKeyStaysWhereItIs: a trial that begins here takes no key of another's, and its trail holds.
func TestAnotherComputersKeyStaysWhereItIs(t *testing.T) {
	config := t.TempDir()
	there, here := roaming(t, config), roaming(t, config)
	before(t, there)
	e, err := StartTrial(t.Context(), TrialConfig{Folders: here, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	verified(t, here, "here")
	verified(t, there, "there")
}

// TestNothingIsMovedUnderAnOpenTrial: one that an older window still has open.
func TestNothingIsMovedUnderAnOpenTrial(t *testing.T) {
	f := roaming(t, t.TempDir())
	open, err := StartTrial(t.Context(), TrialConfig{Folders: Folders{Data: f.Data, Key: f.former}, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = open.Close() }()
	if _, err := StartTrial(t.Context(), TrialConfig{Folders: f, Hasher: quickHasher()}); err == nil || !strings.Contains(err.Error(), "close its window first") {
		t.Errorf("got %v", err)
	}
	if !exists(f.former) || exists(f.Key) {
		t.Error("the key was moved")
	}
}
