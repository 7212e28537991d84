//go:build linux

package ctaptest_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

const starter = "../../../../scripts/virtualusb"

// TestMain starts the tests again, on a virtual USB.
func TestMain(m *testing.M) {
	if os.Getenv(ctaptest.Variable) == "" {
		err := syscall.Exec(starter, append([]string{starter}, os.Args...), os.Environ())
		fmt.Fprintln(os.Stderr, "ctaptest:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
