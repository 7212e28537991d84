//go:build !windows

package command

import (
	"os"
	"syscall"
)

// reloadSignals tell a server to look at its policy at once.
var reloadSignals = []os.Signal{syscall.SIGHUP}
