package network

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/godbus/dbus/v5"
)

// NetworkManager's numbers (nm-dbus-interface.h).
const (
	stateConnecting  = 40
	stateGlobal      = 70
	stateAny         = 50 // from here on there is a connection of some kind
	reachNone        = 1
	reachPortal      = 2
	reachLimited     = 3
	kindWired        = 1
	kindWiFi         = 2
	apPrivacy        = 0x1
	keyPSK           = 0x100
	keySAE           = 0x400
	deviceUnmanaged  = 10
	mostHeard        = 64 // access points that are looked at
	longestName      = 32 // bytes of an SSID (IEEE 802.11)
	permissionToSet  = manager + ".network-control"
	permissionToAdd  = manager + ".settings.modify.system"
	permissionAnswer = "yes"
)

func (m Manager) look(ctx context.Context) (State, error) {
	l, err := m.dial(ctx)
	if err != nil {
		return State{}, err
	}
	defer l.Close()
	s := State{Reach: l.reach(), Joining: get[uint32](l, managerPath, manager, "State") == stateConnecting}
	for _, at := range get[[]dbus.ObjectPath](l, managerPath, manager, "ActiveConnections") {
		if name := get[string](l, at, active, "Id"); name != "" && name != "lo" {
			s.Names = append(s.Names, name)
		}
	}
	var may map[string]string
	_ = l.call(managerPath, manager+".GetPermissions").Store(&may)
	s.MaySet, s.MayAdd = may[permissionToSet] == permissionAnswer, may[permissionToAdd] == permissionAnswer
	s.On, s.Blocked = get[bool](l, managerPath, manager, "WirelessEnabled"), !get[bool](l, managerPath, manager, "WirelessHardwareEnabled")
	for _, at := range l.devices() {
		switch get[uint32](l, at, device, "DeviceType") {
		case kindWired:
			s.Cable = true
			s.Plugged = s.Plugged || get[bool](l, at, wired, "Carrier")
		case kindWiFi:
			s.WiFi = true
			s.Near = append(s.Near, l.near(at)...)
		}
	}
	s.Near = strongest(s.Near)
	return s, nil
}

// devices are those that NetworkManager looks after.
func (l *line) devices() []dbus.ObjectPath {
	return slices.DeleteFunc(get[[]dbus.ObjectPath](l, managerPath, manager, "Devices"), func(at dbus.ObjectPath) bool {
		return get[uint32](l, at, device, "State") <= deviceUnmanaged
	})
}

// reach is how far the network leads. Where nobody checks that, a connection counts as one that leads everywhere.
func (l *line) reach() Reach {
	state := get[uint32](l, managerPath, manager, "State")
	switch reach := get[uint32](l, managerPath, manager, "Connectivity"); {
	case state < stateAny:
		return ReachNone
	case reach == reachPortal:
		return ReachPortal
	case reach == reachNone, reach == reachLimited, state < stateGlobal && reach == 0:
		return ReachLimited
	}
	return ReachFull
}

// near are the networks that a radio hears, and has those looked for anew that it may.
func (l *line) near(radio dbus.ObjectPath) []WiFi {
	l.call(radio, wireless+".RequestScan", map[string]dbus.Variant{}) // what it finds is there at the next look
	now := get[dbus.ObjectPath](l, radio, wireless, "ActiveAccessPoint")
	known := l.known()
	var heard []WiFi
	for i, at := range get[[]dbus.ObjectPath](l, radio, wireless, "AccessPoints") {
		if i == mostHeard {
			break
		}
		w := l.wifi(at)
		if w.Active = at == now; w.Name != "" {
			_, w.Known = known[w.Name]
			heard = append(heard, w)
		}
	}
	return heard
}

// wifi is the network of an access point.
func (l *line) wifi(at dbus.ObjectPath) WiFi {
	name := get[[]byte](l, at, accessPoint, "Ssid")
	keys := get[uint32](l, at, accessPoint, "WpaFlags") | get[uint32](l, at, accessPoint, "RsnFlags")
	w := WiFi{Strength: int(get[byte](l, at, accessPoint, "Strength")), Password: keys&(keyPSK|keySAE) != 0}
	w.Open = keys == 0 && get[uint32](l, at, accessPoint, "Flags")&apPrivacy == 0
	if len(name) <= longestName {
		w.Name = strings.ToValidUTF8(string(name), "")
	}
	return w
}

// known are the connections of Wi-Fi networks that the computer keeps, by the network's name.
func (l *line) known() map[string]dbus.ObjectPath {
	kept := map[string]dbus.ObjectPath{}
	for _, at := range get[[]dbus.ObjectPath](l, settingsAt, settings, "Connections") {
		var of map[string]map[string]dbus.Variant
		if l.call(at, connection+".GetSettings").Store(&of) != nil {
			continue
		}
		var name []byte
		if v, is := of["802-11-wireless"]["ssid"]; is && v.Store(&name) == nil {
			kept[string(name)] = at
		}
	}
	return kept
}

// strongest has each name once, as its strongest access point has it, the one in use first.
func strongest(heard []WiFi) []WiFi {
	rank := func(a, b WiFi) int {
		switch {
		case a.Active != b.Active && a.Active:
			return -1
		case a.Active != b.Active:
			return 1
		}
		return cmp.Or(b.Strength-a.Strength, cmp.Compare(a.Name, b.Name))
	}
	slices.SortStableFunc(heard, rank)
	seen := map[string]bool{}
	return slices.DeleteFunc(heard, func(w WiFi) bool {
		again := seen[w.Name]
		seen[w.Name] = true
		return again
	})
}
