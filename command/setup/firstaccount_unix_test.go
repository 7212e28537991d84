//go:build unix

package setup

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFoldersThatWereThereStayTheirOwners: keys may be put into one that is not the server's alone, and data into one of any name.
func TestFoldersThatWereThereStayTheirOwners(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("root alone gives files away")
	}
	const service = 4711
	owner := func(path string) int {
		t.Helper()
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		return int(info.Sys().(*syscall.Stat_t).Uid)
	}
	for name, mode := range map[string]fs.FileMode{"open": 0o755, "closed": 0o700} {
		dir, d := site(t)
		for at := dir; at != os.TempDir(); at = filepath.Dir(at) {
			if err := os.Chmod(at, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		keys, data := filepath.Join(dir, "root's"), filepath.Join(dir, "server [1]", "data [1]")
		if err := os.Mkdir(keys, mode); err != nil {
			t.Fatal(err)
		}
		if key, err := d.answerAll(t.Context(), map[string]string{askKeys: keys, askData: data}); err != nil {
			t.Fatal(key, err)
		}
		before := tree(t, dir)
		d.machine.account = &account{uid: service, gid: service}
		_, err := d.Write(t.Context())
		if name == "closed" {
			if after := tree(t, dir); err == nil || !strings.Contains(err.Error(), keys) || len(after) != len(before) {
				t.Errorf("keys that the server can't read: %v\n%s", err, strings.Join(after, "\n"))
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{
			keys: 0, dir: 0, filepath.Join(keys, "master"): service, filepath.Join(keys, "audit"): service, filepath.Dir(data): service,
			data: service, filepath.Join(data, "sparekey.db"): service, filepath.Join(data, "keys.json"): service, filepath.Join(dir, "server.toml"): 0,
		} {
			if got := owner(path); got != want {
				t.Errorf("%s is %d's, not %d's", path, got, want)
			}
		}
	}
}
