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
	d := &Desktop{}
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
