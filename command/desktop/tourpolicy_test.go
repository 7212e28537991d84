package desktop

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/command/setup"
)

func TestTheTourChangesThePolicyWhileTheTrialRuns(t *testing.T) {
	e, err := setup.StartTrial(t.Context(), setup.TrialConfig{
		Folders: setup.FoldersAt(t.TempDir() + "/data"), Hasher: local.Argon2{Rand: rand.Reader, Memory: 64, Time: 1, Threads: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	policies := e.Administration().Policies
	before := e.Service.PolicyVersion()
	if err := administer(t.Context(), policies, "codes.tries = 0"); err == nil {
		t.Error("a policy that can't be used was applied")
	}
	if err := administer(t.Context(), policies, "codes.tries = 1"); err != nil {
		t.Fatal(err)
	}
	if now := e.Service.PolicyVersion(); now != before+1 {
		t.Errorf("version %d is in force, not %d", now, before+1)
	}
}

func TestSettingsAreReplaced(t *testing.T) {
	own := string(setup.SamplePolicy())
	changed, err := replaced(own, "codes.tries = 1\nregistration.mode = \"required\"\n")
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse("changed.toml", []byte(changed))
	if err != nil {
		t.Fatal(err)
	}
	if p.Codes.Tries != 1 || p.Registration.Mode != policy.ModeRequired || p.Questions.Register != 3 {
		t.Errorf("tries %d, mode %q, questions %d", p.Codes.Tries, p.Registration.Mode, p.Questions.Register)
	}
	if _, err := replaced(own, "codes.trys = 1"); err == nil || !strings.Contains(err.Error(), "codes.trys") {
		t.Errorf("a setting that does not exist: %v", err)
	}
}
