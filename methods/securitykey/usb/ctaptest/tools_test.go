//go:build linux

package ctaptest_test

import (
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

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

// tool runs one of Debian's fido2-tools, without a terminal, so that it reads PINs from its standard input.
func tool(t *testing.T, stdin, name string, args ...string) string {
	t.Helper()
	out, err := try(stdin, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

func try(stdin, name string, args ...string) (string, error) {
	// A session's leader would take the node, which is a pseudo-terminal, for its own: a shell leads, the tool follows.
	cmd := exec.Command("sh", append([]string{"-c", `"$@"; exit $?`, "sh", name}, args...)...)
	cmd.Stdin = strings.NewReader(stdin)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

const node = "/dev/hidraw0"

var both = map[string][]int{"protocol one": {1}, "protocol two": {2}}

func TestTheToolsFindAKey(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{Firmware: 0x50403}), 0)
	want := "/dev/hidraw0: vendor=0x1209, product=0xbeee (Harbour Sample Key)"
	if got := tool(t, "", "fido2-token", "-L"); strings.TrimSpace(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	info := tool(t, "", "fido2-token", "-I", node)
	for _, line := range []string{
		"version strings: FIDO_2_0, FIDO_2_1", "algorithms: es256 (public-key), eddsa (public-key)", "noclientPin",
		"fwversion: 0x50403", "minpinlen: 4", "pin protocols: 2, 1", "pin retries: 8", "remaining rk(s): 25",
	} {
		if !strings.Contains(info, line) {
			t.Errorf("%q is not in\n%s", line, info)
		}
	}
}

func TestTheToolsSetAndChangeThePIN(t *testing.T) {
	for name, protocols := range both {
		t.Run(name, func(t *testing.T) {
			k := ctaptest.New(ctaptest.Options{Protocols: protocols})
			plug(t, k, 0)
			tool(t, "0815\n0815\n", "fido2-token", "-S", node)
			if !k.HasPIN() {
				t.Error("no PIN was set")
			}
			tool(t, "0815\n4711\n4711\n", "fido2-token", "-C", node)
			if out, err := try("0815\n4712\n4712\n", "fido2-token", "-C", node); err == nil {
				t.Errorf("the old PIN still works: %s", out)
			}
			if got := k.Retries(); got != 7 {
				t.Errorf("%d tries are left, want 7", got)
			}
		})
	}
}

func TestTheToolsMakeAndVerifyCredentials(t *testing.T) {
	for name, protocols := range both {
		for _, alg := range []string{"es256", "eddsa"} {
			t.Run(name+" "+alg, func(t *testing.T) {
				plug(t, ctaptest.New(ctaptest.Options{Protocols: protocols}), 0)
				tool(t, "0815\n0815\n", "fido2-token", "-S", node)
				madeAndVerified(t, alg, "0815\n")
			})
		}
	}
	t.Run("attested by itself", func(t *testing.T) {
		plug(t, ctaptest.New(ctaptest.Options{SelfAttest: true}), 0)
		madeAndVerified(t, "es256", "")
	})
}

// madeAndVerified makes a credential and an assertion by fido2-cred and fido2-assert, which verify them.
func madeAndVerified(t *testing.T, alg, pin string) {
	t.Helper()
	hash, user := base64.StdEncoding.EncodeToString(make([]byte, 32)), base64.StdEncoding.EncodeToString([]byte("user"))
	options := []string{"-M", "-r"}
	if pin != "" {
		options = append(options, "-v")
	}
	asked := strings.Join([]string{hash, "harbour.example", "ana", user, ""}, "\n")
	made := tool(t, pin, "fido2-cred", append(options, "-i", file(t, asked), node, alg)...)
	checked := tool(t, clean(made), "fido2-cred", "-V", alg)
	id, public, _ := strings.Cut(checked, "\n")
	options = []string{"-G", "-t", "up=true"}
	if pin != "" {
		options = append(options, "-v")
	}
	asked = strings.Join([]string{hash, "harbour.example", id, ""}, "\n")
	got := tool(t, pin, "fido2-assert", append(options, "-i", file(t, asked), node)...)
	tool(t, clean(got), "fido2-assert", "-V", file(t, public), alg)
}

func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// clean leaves out the prompt for the PIN.
func clean(out string) string {
	_, after, asked := strings.Cut(out, "Enter PIN for /dev/hidraw0: ")
	if !asked {
		return out
	}
	return strings.TrimLeft(after, "\n")
}

func TestTheToolsManageCredentials(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	tool(t, "0815\n0815\n", "fido2-token", "-S", node)
	madeAndVerified(t, "es256", "0815\n")
	if out := tool(t, "0815\n", "fido2-token", "-L", "-r", node); !strings.Contains(out, "harbour.example") {
		t.Errorf("no relying party in %q", out)
	}
	out := clean(tool(t, "0815\n", "fido2-token", "-L", "-k", "harbour.example", node))
	fields := strings.Fields(out)
	if len(fields) < 5 || fields[4] != "es256" {
		t.Fatalf("got %q", out)
	}
	tool(t, "0815\n", "fido2-token", "-D", "-i", fields[1], node)
	if n := k.Credentials(); n != 0 {
		t.Errorf("%d are left", n)
	}
}

func TestTheToolsEnrolFingers(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{Sensor: true}), 0)
	tool(t, "0815\n0815\n", "fido2-token", "-S", node)
	tool(t, "0815\n", "fido2-token", "-S", "-e", node)
	out := clean(tool(t, "0815\n", "fido2-token", "-L", "-e", node))
	fields := strings.Fields(out)
	if len(fields) < 2 {
		t.Fatalf("got %q", out)
	}
	tool(t, "0815\n", "fido2-token", "-S", "-e", "-i", fields[1], "-n", "thumb", node)
	if out := tool(t, "0815\n", "fido2-token", "-L", "-e", node); !strings.Contains(out, "thumb") {
		t.Errorf("no name in %q", out)
	}
	tool(t, "0815\n", "fido2-token", "-D", "-e", "-i", fields[1], node)
}

func TestTheToolsConfigureAndReset(t *testing.T) {
	k := ctaptest.New(ctaptest.Options{})
	plug(t, k, 0)
	tool(t, "0815\n0815\n", "fido2-token", "-S", node)
	tool(t, "0815\n", "fido2-token", "-S", "-l", "6", node)
	info := tool(t, "", "fido2-token", "-I", node)
	if !strings.Contains(info, "minpinlen: 6") || !strings.Contains(info, "pin change required: true") {
		t.Errorf("got\n%s", info)
	}
	k.Age(11 * time.Second)
	if out, err := try("", "fido2-token", "-R", node); err == nil {
		t.Errorf("a reset long after power-up worked: %s", out)
	}
	k.Age(-5 * time.Second)
	tool(t, "", "fido2-token", "-R", node)
	if k.HasPIN() {
		t.Error("the PIN survived the reset")
	}
}
