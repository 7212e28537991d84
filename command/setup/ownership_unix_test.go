//go:build unix

package setup

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
)

// nobodysID is the account that a server's data belongs to in these tests.
const nobodysID = 65534

// ofRoot are the files of root's in a folder.
func ofRoot(t *testing.T, folder string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Sys().(*syscall.Stat_t).Uid == 0 {
			all = append(all, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestWhatRootDoesBesideAServerLeavesNothingOfRoots in its data: its account could neither open the keys after a rotation, nor start
// after a restore, nor make the next backup.
func TestWhatRootDoesBesideAServerLeavesNothingOfRoots(t *testing.T) {
	if work := os.Getenv("SPAREKEY_AS_ROOT"); work != "" {
		at := Kept{Config: os.Getenv("SPAREKEY_SETTINGS")}
		var err error
		if work == "rotate" {
			_, err = RotateKeys(context.Background(), at)
		} else {
			_, err = RewrapKeys(context.Background(), at, filepath.Join(filepath.Dir(at.Config), "next"))
		}
		fmt.Printf("as %d: %v\n", os.Geteuid(), err)
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("it is for root")
	}
	dir, settings := ownedServer(t)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "identity"), identity.String()+"\n")
	file := filepath.Join(dir, "backup.age")
	if _, err := Backup(t.Context(), BackupPlan{Kept: Kept{Config: settings}, File: file, To: []string{identity.Recipient().String()}}); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "next"), strings.Repeat("k", 32))
	for _, work := range []string{"rotate", "rewrap"} {
		child := exec.Command(os.Args[0], "-test.run=^TestWhatRootDoesBesideAServerLeavesNothingOfRoots$")
		child.Env = append(os.Environ(), "SPAREKEY_AS_ROOT="+work, "SPAREKEY_SETTINGS="+settings)
		if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), fmt.Sprintf("as %d: <nil>", nobodysID)) {
			t.Fatalf("%s: %v: %s", work, err, out)
		}
	}
	if left := ofRoot(t, filepath.Join(dir, "server")); len(left) > 0 {
		t.Errorf("a backup, a rotation and another master key left files of root's: %v", left)
	}
	data := filepath.Join(dir, "server", "data")
	keys := filepath.Join(dir, "keys.json")
	if err := os.Rename(filepath.Join(data, "keys.json"), keys); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "keys", "master")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), RestorePlan{Kept: Kept{Config: settings}, File: file, Identity: filepath.Join(dir, "identity"), KeyFile: keys}); err != nil {
		t.Fatal(err)
	}
	if left := ofRoot(t, filepath.Join(dir, "server")); len(left) > 0 {
		t.Errorf("a restore left files of root's: %v", left)
	}
}

// ownedServer is a server that has run, in a folder that every account may look into: its data, in the folder server, belong to an account
// of its own, its keys to root.
func ownedServer(t *testing.T) (dir, settings string) {
	t.Helper()
	dir, settings = serverFolder(t, strings.NewReplacer(`"data"`, `"server/data"`, `"heads.jsonl"`, `"server/heads.jsonl"`).Replace(goodServer))
	plan, err := Plan(settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenServer(t.Context(), plan, ServerParts{Err: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(filepath.Join(dir, "server"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, nobodysID, nobodysID)
	})
	if err != nil {
		t.Fatal(err)
	}
	for at := dir; at != "/tmp" && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir, settings
}

// TestALockOfRootsIsTheAccounts: who serves as root by hand, once, keeps nobody from serving the same data after it.
func TestALockOfRootsIsTheAccounts(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("it is for root")
	}
	dir, settings := ownedServer(t)
	if err := os.Remove(filepath.Join(dir, "server", "data", "server.lock")); err != nil {
		t.Fatal(err)
	}
	plan, err := Plan(settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	release, err := plan.keys.claimServer()
	if err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if left := ofRoot(t, filepath.Join(dir, "server")); len(left) > 0 {
		t.Errorf("root's is %v", left)
	}
}

// TestOnlyWhatRootMadeIsGiven: no link that the account puts there, and no file that has a name elsewhere, becomes the account's.
func TestOnlyWhatRootMadeIsGiven(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("it is for root")
	}
	dir := t.TempDir()
	made, linked, twice := filepath.Join(dir, "made"), filepath.Join(dir, "linked"), filepath.Join(dir, "twice")
	kept := filepath.Join(t.TempDir(), "kept")
	write(t, made, "")
	write(t, kept, "")
	if err := os.Symlink(kept, linked); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(kept, twice); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	given := make(chan error, 1)
	go func() {
		given <- (&holder{nobodysID, nobodysID}).give(made, linked, twice, pipe, filepath.Join(dir, "none"), "")
	}()
	select {
	case err := <-given:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it waits for whoever writes into a pipe")
	}
	if left := strings.Join(ofRoot(t, dir), " "); strings.Contains(left, "made") || !strings.Contains(left, "twice") || !strings.Contains(left, "pipe") {
		t.Errorf("root's are %q", left)
	}
	if info, err := os.Stat(kept); err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("a file elsewhere: %v, %v", info, err)
	}
}
