package keyring

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/sparekey/sparekey/app"
)

// insideBus marks the copy of this test that runs on a bus of its own.
const insideBus = "SPAREKEY_KEYRING_TEST"

// With an unlocked keyring on a private session bus; the home directory is the test's own.
const unlocked = `printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" "$@"`

// states are what a bus may hold, each with what is tried there.
var states = map[string]struct {
	begin []string // the command before the test's own, if any
	try   func(t *testing.T)
}{
	"unlocked": {[]string{"sh", "-c", unlocked}, useRealKeyring},
	"locked":   {[]string{"sh", "-c", unlocked}, useLockedKeyring},
	"absent":   {nil, missRealKeyring},
	"asks":     {nil, useAskingKeyring},
	"deaf":     {nil, useDeafKeyring},
}

func TestWithTheRealKeyring(t *testing.T) {
	if inside, is := states[os.Getenv(insideBus)]; is {
		inside.try(t)
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
	for state, on := range states {
		runOnBus(t, state, append(on.begin, self, "-test.run=^TestWithTheRealKeyring$", "-test.v")...)
	}
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
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	if _, err := k.Load(t.Context()); !errors.Is(err, ErrNoBus) {
		t.Errorf("without a bus: got %v", err)
	}
}

// useLockedKeyring stands in the prompter's place, so that a question of the keyring's would reach the test.
func useLockedKeyring(t *testing.T) {
	bus, asked := ownBus(t), make(chan struct{}, 1)
	if err := bus.ExportMethodTable(map[string]any{
		"BeginPrompting": func(dbus.ObjectPath) *dbus.Error {
			select {
			case asked <- struct{}{}:
			default:
			}
			return dbus.MakeFailedError(errors.New("nobody is there"))
		},
	}, "/org/gnome/keyring/Prompter", "org.gnome.keyring.internal.Prompter"); err != nil {
		t.Fatal(err)
	}
	own(t, bus, "org.gnome.keyring.SystemPrompter")
	ctx, k := t.Context(), &Keyring{Service: "Sparekey test", Account: "https://a.example"}
	if err := k.Save(ctx, app.NewSecret("r1")); err != nil {
		t.Fatal(err)
	}
	lock := bus.Object(serviceName, servicePath).Call(serviceInterface+".Lock", 0, []dbus.ObjectPath{"/org/freedesktop/secrets/collection/login"})
	if lock.Err != nil {
		t.Fatal(lock.Err)
	}
	if _, err := k.Load(ctx); !errors.Is(err, ErrLocked) {
		t.Errorf("load: got %v", err)
	}
	if err := k.Save(ctx, app.NewSecret("r2")); !errors.Is(err, ErrLocked) {
		t.Errorf("save: got %v", err)
	}
	if err := k.Forget(ctx); !errors.Is(err, ErrLocked) {
		t.Errorf("forget: got %v", err)
	}
	select {
	case <-asked:
		t.Error("the keyring was made to ask for a password")
	default:
	}
}

// ownBus is a connection of its own to the session bus.
func ownBus(t *testing.T) *dbus.Conn {
	t.Helper()
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	return bus
}

func own(t *testing.T, bus *dbus.Conn, name string) {
	t.Helper()
	if got, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%s: %v, %v", name, got, err)
	}
}
