package appearance

import (
	"context"

	"github.com/godbus/dbus/v5"
)

// The signal of the desktop portal's interface Settings, version 1, whose first argument is a namespace of settings.
const (
	portal   = "org.freedesktop.portal.Settings"
	signal   = "SettingChanged"
	settings = "org.freedesktop.appearance"
)

// watch listens on the session bus. Where there is none, none is started for this.
func watch(ctx context.Context, changed func()) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return
	}
	defer conn.Close()
	if conn.Auth(nil) != nil || conn.Hello() != nil {
		return
	}
	said := make(chan *dbus.Signal, 8)
	conn.Signal(said)
	if conn.AddMatchSignal(dbus.WithMatchInterface(portal), dbus.WithMatchMember(signal)) != nil {
		return
	}
	changed()
	for s := range said { // closed with the connection
		if tells(s) {
			changed()
		}
	}
}

// tells reports whether a signal tells of the appearance.
func tells(s *dbus.Signal) bool {
	return s.Name == portal+"."+signal && len(s.Body) > 0 && s.Body[0] == settings
}
