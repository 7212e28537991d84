package network

import (
	"context"
	"errors"

	"github.com/godbus/dbus/v5"
)

// The names of NetworkManager's D-Bus API.
const (
	manager     = "org.freedesktop.NetworkManager"
	managerPath = dbus.ObjectPath("/org/freedesktop/NetworkManager")
	device      = manager + ".Device"
	wireless    = device + ".Wireless"
	wired       = device + ".Wired"
	accessPoint = manager + ".AccessPoint"
	active      = manager + ".Connection.Active"
	settings    = manager + ".Settings"
	settingsAt  = managerPath + "/Settings"
	connection  = settings + ".Connection"
)

// line is a connection to the bus, for one question.
type line struct {
	*dbus.Conn
	ctx context.Context
}

// dial reaches the bus, and looks whether NetworkManager is there: it is not started for this.
func (m Manager) dial(ctx context.Context) (*line, error) {
	address := m.Bus
	var conn *dbus.Conn
	var err error
	if address == "" {
		conn, err = dbus.ConnectSystemBus(dbus.WithContext(ctx))
	} else {
		conn, err = dbus.Connect(address, dbus.WithContext(ctx))
	}
	if err != nil {
		return nil, ErrNone
	}
	var there bool
	if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, manager).Store(&there); err != nil || !there {
		_ = conn.Close()
		return nil, ErrNone
	}
	return &line{conn, ctx}, nil
}

func (l *line) call(path dbus.ObjectPath, method string, args ...any) *dbus.Call {
	return l.Object(manager, path).CallWithContext(l.ctx, method, 0, args...)
}

// get reads a property into a value of its type; it stays as it was where there is none.
func get[T any](l *line, path dbus.ObjectPath, of, property string) (value T) {
	var v dbus.Variant
	if err := l.call(path, "org.freedesktop.DBus.Properties.Get", of, property).Store(&v); err == nil {
		_ = v.Store(&value)
	}
	return value
}

// refused tells what kind of refusal an error of the bus is.
func refused(err error) error {
	var e dbus.Error
	if errors.As(err, &e) && (e.Name == manager+".PermissionDenied" || e.Name == settings+".PermissionDenied" || e.Name == "org.freedesktop.DBus.Error.AccessDenied") {
		return ErrNotAllowed
	}
	if err != nil {
		return ErrJoin
	}
	return nil
}
