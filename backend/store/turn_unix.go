//go:build !windows

package store

import (
	"os"
	"syscall"
)

// gate is a lock on a file that stays open: taking and leaving it is a system call each.
type gate struct{ file *os.File }

// openGate gives a gate without a file where it can't be had: it is open for everybody.
func openGate(path string) *gate {
	file, _ := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600)
	return &gate{file}
}

func (g *gate) try() bool {
	return g.file == nil || syscall.Flock(int(g.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != syscall.EWOULDBLOCK
}

func (g *gate) leave() {
	if g.file != nil {
		_ = syscall.Flock(int(g.file.Fd()), syscall.LOCK_UN)
	}
}

func (g *gate) close() error {
	file := g.file
	g.file = nil
	if file == nil {
		return nil
	}
	return file.Close()
}
