package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/command/setup"
)

func TestTheTrialWorksWithoutAProfile(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"} {
		t.Setenv(name, "")
	}
	if path := setup.SettingsPath(); path != "" {
		t.Errorf("settings are looked for at %s, where there is no profile", path)
	}
	openTemporary(t, &Desktop{})
}

// TestTheTrialWorksWhereNothingCanBeWritten: a file stands where a folder would have to be, which stops root as well.
func TestTheTrialWorksWhereNothingCanBeWritten(t *testing.T) {
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_DATA_HOME"} {
		home := t.TempDir()
		for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"} {
			t.Setenv(name, home)
		}
		blocked := t.TempDir()
		if err := os.WriteFile(filepath.Join(blocked, "sparekey"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv(name, blocked)
		var log strings.Builder
		openTemporary(t, &Desktop{Log: &log})
		if !strings.Contains(log.String(), filepath.Join(blocked, "sparekey")) || !strings.Contains(log.String(), "temporary") {
			t.Errorf("%s: the log says %q", name, log.String())
		}
	}
}

// openTemporary opens a trial that must be in a temporary folder, and gone when it is closed.
func openTemporary(t *testing.T, d *Desktop) {
	t.Helper()
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
	temporary := filepath.Dir(d.Folders.Data)
	if err := d.close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(temporary); !strings.HasPrefix(temporary, os.TempDir()) || err == nil {
		t.Errorf("the temporary folder %q was left behind", temporary)
	}
}
