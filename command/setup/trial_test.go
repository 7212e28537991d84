package setup

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func tryIn(t *testing.T, dir string) (*Trial, error) {
	t.Helper()
	return StartTrial(t.Context(), TrialConfig{Folders: victimFolders(dir), Hasher: quickHasher()})
}

// opened gives a trial that is closed already.
func opened(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	e, err := tryIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheTrialKeepsWhatItHas(t *testing.T) {
	e, err := tryIn(t, opened(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	org, err := InProcess(e.Handler).Organisation(t.Context())
	if err != nil || org.Name != "Harbour Hospital" || !org.Trial || !org.Reset {
		t.Fatalf("got %+v, %v", org, err)
	}
}

func TestATrialWithoutItsKeysIsRefused(t *testing.T) {
	for _, lost := range []string{"key", filepath.Join("data", "keys.json"), "key-audit", "key-audit-heads.jsonl"} {
		dir := opened(t)
		if err := os.Remove(filepath.Join(dir, lost)); err != nil {
			t.Fatal(err)
		}
		if _, err := tryIn(t, dir); err == nil || !strings.Contains(err.Error(), "--fresh") {
			t.Errorf("without %s: got %v, want an error that names the way out", lost, err)
		}
		if _, err := os.Stat(filepath.Join(dir, lost)); err == nil {
			t.Errorf("without %s: another was made, which opens nothing", lost)
		}
	}
}

// A process that is killed while it tries the folder leaves a file there, which keeps nobody from a fresh trial.
func TestAFreshTrialTakesAProbeThatWasLeft(t *testing.T) {
	dir := t.TempDir()
	f := Folders{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key")}
	if err := f.writable(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(f.Data, probeName+"1"), "")
	if err := f.Remove(t.Context()); err != nil || exists(f.Data) {
		t.Errorf("%v; the folder is there: %v", err, exists(f.Data))
	}
}

// TestAFreshTrialTakesNothingElse away, whatever folder it was given.
func TestAFreshTrialTakesNothingElse(t *testing.T) {
	for _, name := range []string{"data/letter.odt", "data/photos/one.jpg", "key/notes.txt", "key-audit/notes.txt"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, path, "somebody's")
		f := Folders{Data: filepath.Join(dir, "data"), Key: filepath.Join(dir, "key")}
		err := f.Remove(t.Context())
		if _, lost := os.Stat(path); lost != nil || err == nil || !strings.Contains(err.Error(), "is no part of a trial") {
			t.Errorf("%s: %v, and then %v", name, err, lost)
		}
	}
}

func TestAFreshTrialForgets(t *testing.T) {
	dir := opened(t)
	if err := victimFolders(dir).Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := tryIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestNothingIsRemovedUnderAnOpenTrial: whoever has it open (another window, on another display; a command at work), nothing
// goes, and the trial opens again.
func TestNothingIsRemovedUnderAnOpenTrial(t *testing.T) {
	dir := t.TempDir()
	first, err := tryIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := tryIn(t, dir)
	if err != nil {
		t.Fatalf("beside an open one: %v", err)
	}
	for _, open := range []*Trial{first, beside} {
		if err := victimFolders(dir).Remove(t.Context()); err == nil || !strings.Contains(err.Error(), "close its window first") {
			t.Errorf("under an open trial: got %v", err)
		}
		if err := open.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again, err := tryIn(t, dir)
	if err != nil {
		t.Fatalf("it opens no more: %v", err)
	}
	if err := errors.Join(again.Close(), victimFolders(dir).Remove(t.Context())); err != nil {
		t.Error(err)
	}
}

// TestKeysGoLast: where the data can't be removed, the keys that open it stay.
func TestKeysGoLast(t *testing.T) {
	dir := opened(t)
	f := victimFolders(dir)
	unremovable := Folders{Data: f.Data + "/.", Key: f.Key} // refused to everybody, root included
	if err := unremovable.Remove(t.Context()); err == nil {
		t.Fatal("a folder was removed under a name that none may be removed by")
	}
	e, err := tryIn(t, dir)
	if err != nil {
		t.Fatalf("its keys went before its data: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
