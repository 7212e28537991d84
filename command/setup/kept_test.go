package setup

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// TestAServerIsBackedUpRotatedAndRestored while it is at work; restored it is into its own empty folder, which nobody serves.
func TestAServerIsBackedUpRotatedAndRestored(t *testing.T) {
	h := newHouse(t, goodServer)
	h.start(quickHasher())
	ctx, kept := t.Context(), Kept{Config: filepath.Join(h.dir, "server.toml")}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(h.dir, "identity"), identity.String()+"\n")
	plan := BackupPlan{Kept: kept, File: filepath.Join(h.dir, "backup.age"), To: []string{identity.Recipient().String()}, Program: "test"}
	if _, err := h.client().Start(ctx, app.Start{Purpose: app.PurposeReset, Key: key()}); err != nil {
		t.Fatal(err)
	}
	rotated, err := RotateKeys(ctx, kept)
	if err != nil || rotated.Key != 2 || rotated.Moved < 30 {
		t.Fatalf("rotated: %+v, %v", rotated, err)
	}
	if dropped, err := DropKeys(ctx, kept); err != nil || len(dropped) != 1 {
		t.Errorf("dropped: %v, %v", dropped, err)
	}
	made, err := Backup(ctx, plan)
	if err != nil || made.Program != "test" || made.Trail.Seq == 0 || len(made.Keys) != 1 || made.Keys[0].ID != 2 || len(made.Files) != 3 {
		t.Fatalf("backup: %+v, %v", made, err)
	}
	restore := RestorePlan{Kept: kept, File: plan.File, Identity: filepath.Join(h.dir, "identity")}
	seen, missing, err := VerifyBackup(ctx, restore)
	if err := errors.Join(err, missing); err != nil || !seen.Signed || seen.Tried.Unopened() > 0 || seen.Vouched == 0 {
		t.Errorf("verified: %+v, %v", seen, err)
	}
	if _, err := Restore(ctx, restore); err == nil || !strings.Contains(err.Error(), "another server is at work on") {
		t.Errorf("restored under a server that is at work: %v", err)
	}
	if _, err := h.client().Start(ctx, app.Start{Purpose: app.PurposeReset, Key: key()}); err != nil {
		t.Errorf("after all that the server says: %v", err)
	}
	h.end()
	data := filepath.Join(h.dir, "data")
	if _, err := Restore(ctx, restore); err == nil || !strings.Contains(err.Error(), "nothing is ever restored over it") {
		t.Errorf("restored over a server's data: %v", err)
	}
	for _, name := range []string{"sparekey.db", "directory.db"} {
		if err := os.Rename(filepath.Join(data, name), filepath.Join(h.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"sparekey.db-wal", "directory.db-journal"} { // of a server that was killed
		log := filepath.Join(data, name)
		write(t, log, "what the database that was moved away had not taken in yet")
		if _, err := Restore(ctx, restore); err == nil || !strings.Contains(err.Error(), log+" is there already") {
			t.Errorf("restored beside a log of another database: %v", err)
		}
		write(t, log, "") // as who only reads leaves it
	}
	back, err := Restore(ctx, restore)
	if err != nil || back.Voided.Flows != 1 || back.HeadsAside == "" || back.NewHeads {
		t.Fatalf("restored: %+v, %v", back, err)
	}
	h.start(quickHasher())
	if _, err := h.client().Start(ctx, app.Start{Purpose: app.PurposeReset, Key: key()}); err != nil {
		t.Errorf("the restored server: %v", err)
	}
	h.end()
	report, err := CheckKeys(ctx, kept)
	if err != nil || report.Unopened() != 0 || len(report.Keys) != 1 {
		t.Errorf("keys: %+v, %v", report, err)
	}
}

// TestABackupTakesNoKey: systemd has handed none over, and none lies about. What needs keys says so.
func TestABackupTakesNoKey(t *testing.T) {
	h := newHouse(t, goodServer)
	settings := strings.NewReplacer(`"keys/master"`, `"credential:master"`, `"keys/audit"`, `"credential:audit"`).Replace(goodServer)
	config := filepath.Join(h.dir, "held.toml")
	write(t, config, settings)
	if err := os.RemoveAll(filepath.Join(h.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	plan := BackupPlan{Kept: Kept{Config: config}, File: filepath.Join(h.dir, "backup.age"), To: []string{identity.Recipient().String()}}
	if _, err := Backup(t.Context(), plan); err != nil {
		t.Errorf("a backup: %v", err)
	}
	if _, err := RotateKeys(t.Context(), plan.Kept); err == nil || !strings.Contains(err.Error(), "held.toml:11: keys.master: names a credential") {
		t.Errorf("a rotation: %v", err)
	}
}

// TestARestoreWithoutTheAuditKeyVouchesAnew: the heads of the backup can't be verified, and are not taken over.
func TestARestoreWithoutTheAuditKeyVouchesAnew(t *testing.T) {
	folders := FoldersAt(filepath.Join(t.TempDir(), "data"))
	e, err := StartTrial(t.Context(), TrialConfig{Folders: folders, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file, kept := filepath.Join(t.TempDir(), "backup.age"), Kept{Data: folders.Data}
	write(t, file+".key", identity.String()+"\n")
	_, err = Backup(t.Context(), BackupPlan{Kept: kept, File: file, To: []string{identity.Recipient().String()}})
	if err := errors.Join(err, e.Close()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folders.Database(), filepath.Join(folders.Data, "directory.db"), folders.AuditKey(), folders.Heads()} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	back, err := Restore(t.Context(), RestorePlan{Kept: kept, File: file, Identity: file + ".key"})
	if err != nil || !back.NewHeads || back.HeadsAside != "" {
		t.Fatalf("restored: %+v, %v", back, err)
	}
	if v, err := verifyTrail(t.Context(), folders.keyFiles()); err != nil {
		t.Errorf("the trail: %v", err)
	} else if entries, vouched := v.Sums(); entries != vouched || entries < 2 {
		t.Errorf("%d of %d entries are vouched for", vouched, entries)
	}
}

// TestATrailThatWasChangedIsNotBackedUpAsGood: nor is one that heads tell more of, below where it ends.
func TestATrailThatWasChangedIsNotBackedUpAsGood(t *testing.T) {
	folders := FoldersAt(filepath.Join(t.TempDir(), "data"))
	e, err := StartTrial(t.Context(), TrialConfig{Folders: folders, Hasher: quickHasher()})
	if err != nil {
		t.Fatal(err)
	}
	forged := port.AuditEntry{Seq: 900, At: e.config.Clock.Now(), Action: "forged", Result: "succeeded", Hash: []byte("h")}
	if err := e.Store.Update(t.Context(), func(tx port.Tx) error { return tx.AppendAudit(forged) }); err != nil {
		t.Fatal(err)
	}
	_ = e.Close() // the backend has noticed
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), rand.Text())
	_, err = Backup(t.Context(), BackupPlan{Kept: Kept{Data: folders.Data}, File: file, To: []string{identity.Recipient().String()}})
	if err == nil || !strings.Contains(err.Error(), "missing") || exists(file) {
		t.Errorf("a backup of a forged trail: %v", err)
	}
}
