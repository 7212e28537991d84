//go:build linux

package network

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// mocked starts a bus of the test's own, on which python-dbusmock plays NetworkManager: there is no Wi-Fi in a test. It gives the bus's
// address, and the object that changes what is played.
func mocked(t *testing.T) (Manager, *dbus.Conn) {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's, which has what Debian's packages bring
	if err := exec.Command(python, "-c", "import dbusmock").Run(); err != nil {
		t.Skip("there is no python3-dbusmock on this computer")
	}
	bus := exec.CommandContext(t.Context(), "dbus-daemon", "--session", "--nofork", "--print-address=1")
	said, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := bus.Start(); err != nil {
		t.Skipf("there is no dbus-daemon on this computer: %v", err)
	}
	t.Cleanup(func() { _ = bus.Process.Kill(); _ = bus.Wait() })
	address, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	address = strings.TrimSpace(address)
	mock := exec.CommandContext(t.Context(), python, "-m", "dbusmock", "--session", "--template", "networkmanager")
	mock.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+address)
	var log strings.Builder
	mock.Stdout, mock.Stderr = &log, &log
	if err := mock.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mock.Process.Kill(); _ = mock.Wait() })
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	m := Manager{Bus: address}
	for late := time.Now().Add(20 * time.Second); ; {
		if _, err := m.Look(t.Context()); err == nil {
			return m, conn
		}
		if time.Now().After(late) {
			t.Fatalf("the mock does not start: %s", log.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// play calls a method of the mock's.
func play(t *testing.T, conn *dbus.Conn, method string, args ...any) (path string) {
	t.Helper()
	call := conn.Object(manager, managerPath).Call("org.freedesktop.DBus.Mock."+method, 0, args...)
	if call.Err != nil {
		t.Fatalf("%s: %v", method, call.Err)
	}
	_ = call.Store(&path)
	return path
}

// TestHowTheNetworkStandsIsTold, as NetworkManager's interface has it.
func TestHowTheNetworkStandsIsTold(t *testing.T) {
	m, conn := mocked(t)
	look := func() State {
		t.Helper()
		s, err := m.Look(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := look(); s.Cable || s.WiFi || s.MaySet || s.MayAdd || s.Reach != ReachFull {
		t.Errorf("a computer without devices, online: %+v", s)
	}
	for number, want := range map[uint32]Reach{20: ReachNone, 40: ReachNone, 50: ReachLimited, 60: ReachLimited, 70: ReachFull} {
		play(t, conn, "SetGlobalConnectionState", number)
		play(t, conn, "SetConnectivity", uint32(0))
		if s := look(); s.Reach != want || s.Joining != (number == 40) {
			t.Errorf("state %d: %+v", number, s)
		}
	}
	play(t, conn, "SetGlobalConnectionState", uint32(70))
	for number, want := range map[uint32]Reach{1: ReachLimited, 2: ReachPortal, 3: ReachLimited, 4: ReachFull} {
		play(t, conn, "SetConnectivity", number)
		if s := look(); s.Reach != want {
			t.Errorf("connectivity %d: %+v", number, s)
		}
	}
	play(t, conn, "AddEthernetDevice", "eth", "eth0", int32(20))
	if s := look(); !s.Cable || s.WiFi {
		t.Errorf("a socket for a cable: %+v", s)
	}
	radio := play(t, conn, "AddWiFiDevice", "wifi", "wlan0", int32(30))
	point := func(name, ssid string, flags uint32, strength byte) {
		play(t, conn, "AddAccessPoint", radio, name, ssid, "00:23:F8:7E:12:BB", uint32(0), uint32(2400), uint32(5400), strength, flags)
	}
	point("weak", "Ward 7", keyPSK, 20)
	point("strong", "Ward 7", keyPSK, 80)
	point("open", "Café", 0, 50)
	point("account", "Uni", 0x200, 90)
	play(t, conn, "AddWiFiConnection", radio, "known", "Ward 7", "wpa-psk")
	s := look()
	want := []WiFi{
		{Name: "Uni", Strength: 90}, {Name: "Ward 7", Strength: 80, Known: true, Password: true}, {Name: "Café", Strength: 50, Open: true},
	}
	if !s.WiFi || !slices.Equal(s.Near, want) {
		t.Errorf("heard is %+v", s.Near)
	}
}

// TestANetworkIsJoined: a known one, and one that is new, by its password.
func TestANetworkIsJoined(t *testing.T) {
	m, conn := mocked(t)
	radio := play(t, conn, "AddWiFiDevice", "wifi", "wlan0", int32(30))
	play(t, conn, "AddAccessPoint", radio, "one", "Ward 7", "00:23:F8:7E:12:BB", uint32(0), uint32(2400), uint32(5400), byte(70), uint32(keyPSK))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := m.Join(ctx, "Nowhere", ""); !errors.Is(err, ErrJoin) {
		t.Errorf("one that is not heard: %v", err)
	}
	play(t, conn, "AddWiFiConnection", radio, "known", "Ward 7", "wpa-psk")
	if err := m.Join(ctx, "Ward 7", ""); err != nil {
		t.Errorf("a known one: %v", err)
	}

	play(t, conn, "AddAccessPoint", radio, "two", "Neighbour", "00:23:F8:7E:12:BC", uint32(0), uint32(2400), uint32(5400), byte(60), uint32(keyPSK))
	play(t, conn, "AddMethod", manager, "GetPermissions", "", "a{ss}", `ret = {"org.freedesktop.NetworkManager.network-control": "yes", "org.freedesktop.NetworkManager.settings.modify.system": "auth"}`)
	if s, err := m.Look(ctx); err != nil || !s.MaySet || s.MayAdd {
		t.Errorf("it may: %+v, %v", s, err)
	}
	play(t, conn, "AddMethod", manager, "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}", "ooa{sv}", adding)
	if err := m.Join(ctx, "Neighbour", "may not be said"); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("where the account may not: %v", err)
	}
	if err := m.Join(ctx, "Neighbour", "seven quiet boats"); err != nil {
		t.Errorf("a new one: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- m.Join(ctx, "Neighbour", "seven wrong boats") }()
	refuse := func() *dbus.Call {
		return conn.Object(manager, "/org/freedesktop/NetworkManager/ActiveConnection/seven").Call("org.freedesktop.DBus.Mock.EmitSignal", 0, active, "StateChanged", "uu", []any{uint32(deactivated), uint32(reasonNoSecrets)})
	}
	for {
		_ = refuse() // until there is one to be refused
		select {
		case err := <-ended:
			if !errors.Is(err, ErrPassword) {
				t.Errorf("a wrong password: %v", err)
			}
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// adding is what the mock makes of a network that is new: the connection is gone with the network, and its password opens it, or
// not, or the account may not add it.
const adding = `
said = args[0]["802-11-wireless-security"]["psk"]
if said == "may not be said":
    raise dbus.exceptions.DBusException("no", name="org.freedesktop.NetworkManager.PermissionDenied")
if args[3]["persist"] != "volatile" or bytes(args[0]["802-11-wireless"]["ssid"]) != b"Neighbour" or args[0]["connection"]["autoconnect"]:
    raise dbus.exceptions.DBusException("it is kept", name="org.freedesktop.NetworkManager.UnknownConnection")
path = "/org/freedesktop/NetworkManager/ActiveConnection/" + said.split(" ")[0 if "wrong" in said else 1]
self.AddObject(path, "org.freedesktop.NetworkManager.Connection.Active", {"State": dbus.UInt32(1 if "wrong" in said else 2)}, [])
ret = ("/org/freedesktop/NetworkManager/Settings/new", path, {})
`

// TestWithoutNetworkManagerNothingIsTold, where there is no bus, and where nobody answers on it: it is not started for this.
func TestWithoutNetworkManagerNothingIsTold(t *testing.T) {
	m := Manager{Bus: "unix:path=" + t.TempDir() + "/none"}
	_, err := m.Look(t.Context())
	if again := m.Join(t.Context(), "x", ""); !errors.Is(err, ErrNone) || !errors.Is(again, ErrNone) || !errors.Is(m.SwitchOn(t.Context()), ErrNone) {
		t.Errorf("%v, %v", err, again)
	}
}

// TestRefusalsAreTold apart.
func TestRefusalsAreTold(t *testing.T) {
	for _, c := range []struct{ err, want error }{
		{nil, nil}, {dbus.Error{Name: manager + ".PermissionDenied"}, ErrNotAllowed}, {dbus.Error{Name: "org.freedesktop.DBus.Error.AccessDenied"}, ErrNotAllowed},
		{fmt.Errorf("far: %w", dbus.Error{Name: settings + ".PermissionDenied"}), ErrNotAllowed}, {dbus.Error{Name: manager + ".UnknownConnection"}, ErrJoin},
	} {
		if got := refused(c.err); !errors.Is(got, c.want) || (got == nil) != (c.want == nil) {
			t.Errorf("%v is %v", c.err, got)
		}
	}
}
