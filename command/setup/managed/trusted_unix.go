//go:build unix

package managed

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
	"github.com/sparekey/sparekey/app/files"
)

// ReadTrusted reads a file that root alone may have written: it, and each folder on the way to it, belongs to root and can be
// written by nobody else. The error is that of the operating system, or a *config.Problems that names what others may write.
func ReadTrusted(path string) ([]byte, error) { return readOwned(path, 0) }

// readOwned is ReadTrusted for an owner beside root.
func readOwned(path string, owner uint32) ([]byte, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, err
	}
	for at := real; ; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil {
			return nil, err
		}
		if !owned(info, owner) {
			return nil, &config.Problems{File: path, List: []app.Problem{app.NewProblem("", "others_may_write", "what", at)}}
		}
		if at == filepath.Dir(at) {
			return files.Read(real, maxFile)
		}
	}
}

// owned reports whether only root, or the owner, may change what info is of. In a sticky folder nobody may change what is
// somebody else's.
func owned(info fs.FileInfo, owner uint32) bool {
	stat, known := info.Sys().(*syscall.Stat_t)
	if !known || stat.Uid != 0 && stat.Uid != owner {
		return false
	}
	return info.Mode().Perm()&0o022 == 0 || info.IsDir() && info.Mode()&fs.ModeSticky != 0
}
