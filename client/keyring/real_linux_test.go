package keyring

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// insideBus marks the copy of this test that runs on a bus of its own.
const insideBus = "SPAREKEY_KEYRING_TEST"

// With an unlocked keyring on a private session bus; the home directory is the test's own.
const unlocked = `printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" "$@"`

func TestWithTheRealKeyring(t *testing.T) {
	switch os.Getenv(insideBus) {
	case "unlocked":
		useRealKeyring(t)
		return
	case "absent":
		missRealKeyring(t)
		return
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is missing: install the packages dbus and gnome-keyring, as make test does", program)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	runOnBus(t, "unlocked", "sh", "-c", unlocked, self, "-test.run=^TestWithTheRealKeyring$", "-test.v")
	runOnBus(t, "absent", self, "-test.run=^TestWithTheRealKeyring$", "-test.v")
}

func runOnBus(t *testing.T, state string, command ...string) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.Command("dbus-run-session", append([]string{"--"}, command...)...)
	cmd.Env = append(os.Environ(), insideBus+"="+state, "HOME="+home, "XDG_DATA_HOME="+home,
		"XDG_RUNTIME_DIR="+home, "XDG_CONFIG_HOME="+home, "DISPLAY=")
	cmd.WaitDelay = 10 * time.Second // daemons that outlive the bus keep its pipes open
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		t.Errorf("%s: %v\n%s", state, err, out)
	}
}

func useRealKeyring(t *testing.T) {
	ctx, k := context.Background(), &Keyring{Service: "Sparekey test", Account: "https://a.example"}
	if got, err := k.Load(ctx); err != nil || !got.Empty() {
		t.Fatalf("an empty keyring gave %q, %v", got.Reveal(), err)
	}
	if err := k.Save(ctx, app.NewSecret("r1")); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Load(ctx); err != nil || got.Reveal() != "r1" {
		t.Fatalf("got %q, %v", got.Reveal(), err)
	}
	if err := k.Forget(ctx); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Load(ctx); err != nil || !got.Empty() {
		t.Fatalf("a forgotten token came back: %q, %v", got.Reveal(), err)
	}
}

// missRealKeyring runs on a bus where the keyring is locked or can't start: each call must come back with an error.
func missRealKeyring(t *testing.T) {
	k := &Keyring{Service: "Sparekey test", Account: "https://a.example"}
	if err := k.Save(context.Background(), app.NewSecret("r1")); err == nil {
		t.Error("a token was kept without an unlocked keyring")
	}
}
