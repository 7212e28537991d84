//go:build linux || darwin

package setup

import (
	"os"
	"syscall"
)

// freeBytes is how much this process may still write to the disk that a folder is on.
func freeBytes(folder string) (uint64, error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: folder, Err: err}
	}
	blocks := disk.Bavail
	if os.Geteuid() == 0 { // who may use what is kept for root
		blocks = disk.Bfree
	}
	return blocks * uint64(disk.Bsize), nil
}
