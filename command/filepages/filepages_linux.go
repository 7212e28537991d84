package filepages

import (
	"fmt"
	"os"
	"reflect"

	"golang.org/x/sys/unix"
)

// GiveBack gives the pages of the program's file back, if much more of files is resident than after the last time. It takes some
// milliseconds, in which the program goes on; the next thing that it does takes about one more. Where the system does not say what
// is resident (/proc), nothing happens. From anywhere.
func (p *Pages) GiveBack() { p.giveBack(worthwhile) }

// giveBack is GiveBack from so many bytes on, and reports whether it was worthwhile.
func (p *Pages) giveBack(least int) bool {
	if !p.mu.TryLock() {
		return false // it is being done
	}
	defer p.mu.Unlock()
	if resident()-p.left < least {
		return false
	}
	giveBack(reflect.ValueOf(giveBack).Pointer())
	p.left = resident()
	return true
}

// giveBack gives those of the program that has code at an address back.
func giveBack(code uintptr) {
	smaps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer smaps.Close()
	for _, s := range unwritten(smaps, code) {
		// a private mapping of a file, of which no page is this process's alone: they are unmapped, and nothing is lost (madvise(2))
		_, _, _ = unix.Syscall(unix.SYS_MADVISE, s.from, s.to-s.from, unix.MADV_DONTNEED)
	}
}

// resident is how many bytes of files are resident, with memory that is shared; 0 when that is not known.
func resident() int {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, all, files int // pages (proc_pid_statm(5))
	if _, err := fmt.Sscan(string(text), &size, &all, &files); err != nil {
		return 0
	}
	return files * os.Getpagesize()
}
