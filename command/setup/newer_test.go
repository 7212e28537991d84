package setup

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// TestWhatANewerVersionKeepsIsRefusedWithWords: opened to be used, and to be read by either command.
func TestWhatANewerVersionKeepsIsRefusedWithWords(t *testing.T) {
	folders := FoldersAt(filepath.Join(t.TempDir(), "data"))
	trial, err := OpenTrial(t.Context(), TrialConfig{Folders: folders, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(trial.Seed(t.Context()), trial.Close()); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite.Connect(folders.Database(), sqlite.Write)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	if err := errors.Join(err, conn.Close()); err != nil {
		t.Fatal(err)
	}
	_, opened := OpenTrial(t.Context(), TrialConfig{Folders: folders, Hasher: quickHasher()})
	_, history := administration{folders: folders}.History(t.Context())
	heads, err := openHeads(folders.keyFiles())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(heads.Sign(port.AuditEntry{}), heads.Close()); err != nil {
		t.Fatal(err)
	}
	_, trail := administration{folders: folders}.VerifyTrail(t.Context())
	for what, err := range map[string]error{"opened": opened, "its policies": history, "its trail": trail} {
		if err == nil || !strings.Contains(err.Error(), "a newer version of Sparekey") {
			t.Errorf("%s: %v (%s)", what, err, app.CodeOf(err))
		}
	}
}
