//go:build unix

package desktop

import (
	"os"
	"strings"
	"syscall"
)

// StartClean starts this process anew, once, with an environment in which what was freed is overwritten, the toolkit lets go of what it
// has drawn within seconds, and glibc gives back to the system what was drawn: all are read as a process begins.
func StartClean() error {
	if strings.Contains(os.Getenv("GODEBUG"), clobber) {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	debug := clobber
	if before := os.Getenv("GODEBUG"); before != "" {
		debug = before + "," + clobber
	}
	for name, value := range map[string]string{"GODEBUG": debug, "FYNE_CACHE": toolkitKeeps, "MALLOC_MMAP_THRESHOLD_": drawnAlone} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return syscall.Exec(self, os.Args, os.Environ())
}

// What a kiosk's process begins with: the collector writes over what it frees, for how long the toolkit keeps what it has drawn and no
// longer shows, and from how many bytes on a picture has memory of its own, which goes back to the system with it (mallopt(3);
// without it glibc learns to keep them, between what lives on).
const (
	clobber      = "clobberfree=1"
	toolkitKeeps = "13s" // at 10 s and below it looks through everything with each frame
	drawnAlone   = "65536"
)
