//go:build unix

package setup

import (
	"os"
	"path/filepath"
	"syscall"

	"github.com/sparekey/sparekey/app"
)

// readable says that an account can't read a file, by its modes and those of the folders around it.
func (a *account) readable(path string) error {
	if a == nil {
		return nil
	}
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for at, wanted := path, os.FileMode(0o4); ; at, wanted = filepath.Dir(at), 0o1 {
		info, err := os.Stat(at)
		if err != nil {
			return err
		}
		owner := info.Sys().(*syscall.Stat_t)
		switch {
		case int(owner.Uid) == a.uid:
			wanted <<= 6
		case int(owner.Gid) == a.gid:
			wanted <<= 3
		}
		if info.Mode()&wanted == 0 {
			return app.NewProblem("", "not_for_account", "file", at, "account", serviceAccount)
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}
