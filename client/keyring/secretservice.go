//go:build !windows && !darwin

package keyring

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
	ss "github.com/zalando/go-keyring/secret_service"
)

// The names of the Secret Service API (freedesktop.org, draft 0.2) that go-keyring keeps to itself.
const (
	serviceName         = "org.freedesktop.secrets"
	servicePath         = "/org/freedesktop/secrets"
	serviceInterface    = "org.freedesktop.Secret.Service"
	collectionInterface = "org.freedesktop.Secret.Collection"
	itemInterface       = "org.freedesktop.Secret.Item"
	promptInterface     = "org.freedesktop.Secret.Prompt"

	nothing = dbus.ObjectPath("/") // where a prompt or an alias could be
)

// operatingSystem is the Secret Service on the session bus. Unlike go-keyring it unlocks nothing, and dismisses unseen each
// prompt that the service offers.
type operatingSystem struct{}

// Set implements System. ErrAsks where the service would ask before it writes.
func (operatingSystem) Set(service, user, password string) error {
	c, err := openCollection()
	if err != nil {
		return err
	}
	session, err := c.OpenSession()
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(session) }()
	properties := map[string]dbus.Variant{
		itemInterface + ".Label":      dbus.MakeVariant(fmt.Sprintf("Password for '%s' on '%s'", user, service)),
		itemInterface + ".Attributes": dbus.MakeVariant(attributes(service, user)),
	}
	var item, prompt dbus.ObjectPath
	created := c.own.Call(collectionInterface+".CreateItem", 0, properties, ss.NewSecret(session.Path(), password), true)
	if err := created.Store(&item, &prompt); err != nil {
		return err
	}
	return c.dismiss(prompt)
}

// Get implements System. ErrLocked also where the item alone is locked.
func (operatingSystem) Get(service, user string) (string, error) {
	c, err := openCollection()
	if err != nil {
		return "", err
	}
	item, err := c.find(service, user)
	if err != nil {
		return "", err
	}
	if err := c.unlocked(item, itemInterface); err != nil {
		return "", err
	}
	session, err := c.OpenSession()
	if err != nil {
		return "", err
	}
	defer func() { _ = c.Close(session) }()
	secret, err := c.GetSecret(item.Path(), session.Path())
	if err != nil {
		return "", err
	}
	return string(secret.Value), nil
}

// Delete implements System. ErrAsks where the service would ask before it deletes.
func (operatingSystem) Delete(service, user string) error {
	c, err := openCollection()
	if err != nil {
		return err
	}
	item, err := c.find(service, user)
	if err != nil {
		return err
	}
	var prompt dbus.ObjectPath
	if err := item.Call(itemInterface+".Delete", 0).Store(&prompt); err != nil {
		return err
	}
	return c.dismiss(prompt)
}

// collection is one that is not locked.
type collection struct {
	*ss.SecretService
	own dbus.BusObject
}

// openCollection gives the login collection, or, without one, that by default; ErrNoBus, ErrNone or ErrLocked where it
// can't be used as it is.
func openCollection() (collection, error) {
	if !sessionBus(os.Getenv("DBUS_SESSION_BUS_ADDRESS"), fmt.Sprintf("/run/user/%d", os.Getuid())) {
		return collection{}, ErrNoBus
	}
	svc, err := ss.NewSecretService()
	if err != nil {
		return collection{}, err
	}
	c := collection{svc, svc.GetCollection("login")}
	if svc.CheckCollectionPath(c.own.Path()) != nil {
		var path dbus.ObjectPath
		if err := svc.Object(serviceName, servicePath).Call(serviceInterface+".ReadAlias", 0, "default").Store(&path); err != nil {
			return collection{}, err
		}
		if path == nothing {
			return collection{}, ErrNone
		}
		c.own = svc.Object(serviceName, path)
	}
	return c, c.unlocked(c.own, collectionInterface)
}

// sessionBus looks where the bus's library does. Asked without a bus, that starts one, which nobody ends.
func sessionBus(address, runtimeFolder string) bool {
	if address != "" && address != "autolaunch:" {
		return true
	}
	for _, name := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(runtimeFolder, name)); err == nil {
			return true
		}
	}
	return false
}

// unlocked gives ErrLocked for a collection or an item that can't be used without a prompt.
func (c collection) unlocked(object dbus.BusObject, of string) error {
	var locked bool
	if err := object.StoreProperty(of+".Locked", &locked); err != nil {
		return err
	}
	if locked {
		return ErrLocked
	}
	return nil
}

// find gives the item of a service and a user; ErrNotFound without one.
func (c collection) find(service, user string) (dbus.BusObject, error) {
	paths, err := c.SearchItems(c.own, attributes(service, user))
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, keyring.ErrNotFound
	}
	return c.Object(serviceName, paths[0]), nil
}

// attributes are by what an item is found. A search also finds items that have more of them, so the schema keeps those of
// other programs apart.
func attributes(service, user string) map[string]string {
	return map[string]string{"service": service, "username": user, "xdg:schema": "app.sparekey.Token"}
}

// dismiss ends a prompt before it is shown; ErrAsks where there is one, since what it was about was not done.
func (c collection) dismiss(prompt dbus.ObjectPath) error {
	if prompt == nothing {
		return nil
	}
	_ = c.Object(serviceName, prompt).Call(promptInterface+".Dismiss", 0).Err // a prompt that was never shown may be gone already
	return ErrAsks
}
