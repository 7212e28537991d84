package network

import (
	"context"
	"slices"

	"github.com/godbus/dbus/v5"
)

// What becomes of a connection that is being made (nm-dbus-interface.h).
const (
	activated        = 2
	deactivating     = 3
	deactivated      = 4
	reasonNoSecrets  = 9
	reasonLogin      = 10
	reasonNoSecretsD = 7 // of a device
)

func (m Manager) switchOn(ctx context.Context) error {
	l, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	return refused(l.call(managerPath, "org.freedesktop.DBus.Properties.Set", manager, "WirelessEnabled", dbus.MakeVariant(true)).Err)
}

func (m Manager) join(ctx context.Context, name, password string) error {
	l, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	radio, point, found := l.find(name)
	if !found {
		return ErrJoin
	}
	changes := make(chan *dbus.Signal, 64)
	if err := l.AddMatchSignalContext(ctx, dbus.WithMatchInterface(active), dbus.WithMatchMember("StateChanged")); err != nil {
		return ErrJoin
	}
	l.Signal(changes)
	var made dbus.ObjectPath
	if kept, is := l.known()[name]; is && password == "" {
		err = l.call(managerPath, manager+".ActivateConnection", kept, radio, point).Store(&made)
	} else {
		var at dbus.ObjectPath
		var told map[string]dbus.Variant
		options := map[string]dbus.Variant{"persist": dbus.MakeVariant("volatile")}
		err = l.call(managerPath, manager+".AddAndActivateConnection2", newConnection(name, password), radio, point, options).Store(&at, &made, &told)
	}
	if err != nil {
		return refused(err)
	}
	return l.await(made, radio, changes)
}

// newConnection is one to a network that the computer doesn't know, for everybody who logs on; what isn't said NetworkManager fills in
// by what the access point says of itself.
func newConnection(name, password string) map[string]map[string]dbus.Variant {
	c := map[string]map[string]dbus.Variant{
		"connection":      {"id": dbus.MakeVariant(name), "type": dbus.MakeVariant("802-11-wireless"), "autoconnect": dbus.MakeVariant(false)},
		"802-11-wireless": {"ssid": dbus.MakeVariant([]byte(name))},
	}
	if password != "" {
		c["802-11-wireless-security"] = map[string]dbus.Variant{"psk": dbus.MakeVariant(password)}
	}
	return c
}

// find is the strongest access point of a name, and the radio that hears it.
func (l *line) find(name string) (radio, point dbus.ObjectPath, found bool) {
	best := -1
	for _, r := range l.devices() {
		if get[uint32](l, r, device, "DeviceType") != kindWiFi {
			continue
		}
		for _, at := range get[[]dbus.ObjectPath](l, r, wireless, "AccessPoints") {
			if w := l.wifi(at); w.Name == name && w.Strength > best {
				radio, point, best = r, at, w.Strength
			}
		}
	}
	return radio, point, best >= 0
}

// await waits until a connection was made, or came to nothing.
func (l *line) await(made, radio dbus.ObjectPath, changes <-chan *dbus.Signal) error {
	over := func(state, reason uint32) (bool, error) {
		switch {
		case state == activated:
			return true, nil
		case state != deactivating && state != deactivated:
			return false, nil
		case slices.Contains([]uint32{reasonNoSecrets, reasonLogin}, reason), l.lacksPassword(radio):
			return true, ErrPassword
		}
		return true, ErrJoin
	}
	if end, err := over(get[uint32](l, made, active, "State"), 0); end {
		return err
	}
	for {
		select {
		case <-l.ctx.Done():
			return ErrJoin
		case change, more := <-changes:
			if !more {
				return ErrJoin
			}
			if change.Path != made || len(change.Body) < 2 {
				continue
			}
			state, _ := change.Body[0].(uint32)
			reason, _ := change.Body[1].(uint32)
			if end, err := over(state, reason); end {
				return err
			}
		}
	}
}

// lacksPassword reports whether a radio fell back since what it was given as a password opened nothing.
func (l *line) lacksPassword(radio dbus.ObjectPath) bool {
	said := get[struct{ State, Reason uint32 }](l, radio, device, "StateReason")
	return said.Reason == reasonNoSecretsD
}
