package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/store"
	"github.com/sparekey/sparekey/backend/vault" // the real sealer, whose key file the killed process wrote
)

// killFolder names the folder to TestMain's child, which writes there until it is killed.
const killFolder = "SPAREKEY_TEST_KILL_FOLDER"

var killMaster = app.NewSecret("0123456789abcdef0123456789abcdef")

func TestMain(m *testing.M) {
	if folder := os.Getenv(killFolder); folder != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(folder))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestKilledWriterLosesNothing kills a writing process and looks for half-done and for lost updates, also among those that waited
// for no disk.
func TestKilledWriterLosesNothing(t *testing.T) {
	folder := t.TempDir()
	var acknowledged int
	for _, updates := range []int{1, 7, 40} {
		acknowledged = killAfter(t, folder, acknowledged+updates)
		v, err := vault.Open(filepath.Join(folder, "keys.json"), killMaster, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		s := open(t, filepath.Join(folder, "sparekey.db"), v)
		err = s.View(t.Context(), func(tx port.Tx) error {
			c, err := tx.Counter("c")
			if err != nil {
				return err
			}
			f, err := tx.Flow("F")
			if c.Count < acknowledged || c.Count != f.Rev || string(f.State) != strconv.Itoa(f.Rev) {
				t.Errorf("acknowledged %d, counted %d, flow at %d with state %q", acknowledged, c.Count, f.Rev, f.State)
			}
			acknowledged = c.Count
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter starts a writer and kills it as soon as it has acknowledged so many updates.
func killAfter(t *testing.T, folder string, updates int) (acknowledged int) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), killFolder+"="+folder)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if acknowledged, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if acknowledged == updates {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || acknowledged < updates {
		t.Fatalf("the writer ended by itself after %d updates: %v", acknowledged, err)
	}
	return acknowledged
}

// writeUntilKilled counts in two tables at once, and says each number after its update.
func writeUntilKilled(folder string) error {
	path := filepath.Join(folder, "keys.json")
	v, err := vault.Open(path, killMaster, rand.Reader)
	if errors.Is(err, fs.ErrNotExist) {
		v, err = vault.Create(path, killMaster, rand.Reader)
	}
	if err != nil {
		return err
	}
	s, err := store.Open(context.Background(), filepath.Join(folder, "sparekey.db"), v)
	if err != nil {
		return err
	}
	for ahead := false; ; ahead = !ahead {
		update := s.Update
		if ahead {
			update = s.UpdateAhead
		}
		var n int
		err := update(context.Background(), func(tx port.Tx) error {
			c, err := tx.Counter("c")
			if err != nil {
				return err
			}
			c.Count++
			n = c.Count
			if err := tx.PutCounter(c); err != nil {
				return err
			}
			return tx.PutFlow(port.FlowRecord{ID: "F", Rev: n, State: []byte(strconv.Itoa(n))})
		})
		if err != nil {
			return err
		}
		fmt.Println(n)
	}
}
