package ctaptest_test

import (
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

var bus = sync.OnceValues(ctaptest.OpenBus)

// plug plugs a key in for the time of a test.
func plug(t *testing.T, k *ctaptest.Key, port int) *ctaptest.Socket {
	t.Helper()
	b, err := bus()
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.Plug(k, port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Unplug(); err != nil {
			t.Error(err)
		}
		s.Wait()
	})
	return s
}

// tool runs one of Debian's fido2-tools.
func tool(t *testing.T, stdin, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func TestTheToolsFindAKey(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{}), 0)
	if got, want := tool(t, "", "fido2-token", "-L"), "/dev/hidraw0: vendor=0x1209, product=0xbeee (Harbour Sample Key)"; strings.TrimSpace(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	info := tool(t, "", "fido2-token", "-I", "/dev/hidraw0")
	t.Log(info)
}
