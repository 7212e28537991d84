package appearance

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// ownBus is a session bus of the test's own, and a connection to it.
func ownBus(t *testing.T) *dbus.Conn {
	t.Helper()
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address")
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Skipf("there is no bus: %v", err)
	}
	t.Cleanup(func() { _ = daemon.Process.Kill(); _ = daemon.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", strings.TrimSpace(address))
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestTheSystemTurnsDark is told, until ctx ends.
func TestTheSystemTurnsDark(t *testing.T) {
	bus := ownBus(t)
	ctx, end := context.WithCancel(t.Context())
	told, over := make(chan struct{}), make(chan struct{})
	go func() {
		Watch(ctx, func() { told <- struct{}{} })
		close(over)
	}()
	<-told // it listens
	for range 3 {
		if err := bus.Emit("/org/freedesktop/portal/desktop", portal+"."+signal, settings, "color-scheme", dbus.MakeVariant(uint32(1))); err != nil {
			t.Fatal(err)
		}
		<-told
	}
	end()
	<-over
}

func TestNothingElseIsTold(t *testing.T) {
	for _, c := range []struct {
		is   *dbus.Signal
		want bool
	}{
		{&dbus.Signal{Name: portal + "." + signal, Body: []any{settings, "color-scheme", dbus.MakeVariant(uint32(1))}}, true},
		{&dbus.Signal{Name: portal + "." + signal, Body: []any{"org.gnome.desktop.interface", "gtk-theme", dbus.MakeVariant("x")}}, false},
		{&dbus.Signal{Name: portal + "." + signal, Body: []any{uint32(1)}}, false},
		{&dbus.Signal{Name: portal + "." + signal}, false},
		{&dbus.Signal{Name: "org.freedesktop.DBus.NameAcquired", Body: []any{settings}}, false},
	} {
		if got := tells(c.is); got != c.want {
			t.Errorf("%s %v: %v", c.is.Name, c.is.Body, got)
		}
	}
}

func TestWithoutABusNothingIsWatchedOrStarted(t *testing.T) {
	for _, name := range []string{"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY"} {
		t.Setenv(name, "")
	}
	t.Setenv("PATH", t.TempDir())
	Watch(t.Context(), func() { t.Error("something is told") })
}
