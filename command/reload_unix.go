//go:build !windows

package command

import (
	"os"
	"syscall"
)

// reloadSignals tell a server to look at certificate and policy at once.
var reloadSignals = []os.Signal{syscall.SIGHUP}
