package setup

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

func tryIn(t *testing.T, dir string) (*embedded, error) {
	t.Helper()
	return openTrial(t.Context(), trialConfig{folders: victimFolders(dir), hasher: quickHasher()})
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
	org, err := inProcess(e.handler).Organisation(t.Context())
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

func TestAFreshTrialForgets(t *testing.T) {
	dir := opened(t)
	if err := victimFolders(dir).remove(); err != nil {
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

func TestTheTrialWorksWithoutAProfile(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, "")
	}
	if path := settingsPath(); path != "" {
		t.Errorf("settings are looked for at %s, where there is no profile", path)
	}
	d := &desk{}
	services, trial, err := d.openTrial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := services.Flows.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: "0123456789abcdef"}); err != nil {
		t.Error(err)
	}
	if len(trial.People) != 10 {
		t.Errorf("%d sample people, want 10", len(trial.People))
	}
	temporary := d.folders.temporary
	if err := d.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(temporary); temporary == "" || err == nil {
		t.Errorf("the temporary folder %q was left behind", temporary)
	}
}
