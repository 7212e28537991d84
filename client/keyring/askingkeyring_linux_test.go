package keyring

import (
	"errors"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	ss "github.com/zalando/go-keyring/secret_service"

	"github.com/sparekey/sparekey/app"
)

// The objects of askingKeyring.
const (
	loginPath  = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	itemPath   = dbus.ObjectPath("/org/freedesktop/secrets/collection/login/1")
	promptPath = dbus.ObjectPath("/org/freedesktop/secrets/prompt/1")
)

// askingKeyring is a Secret Service with one item, "r0", that takes no other in its place. It asks before each write, as
// KeePassXC does, or says at once that it did what it was told.
type askingKeyring struct {
	prompt dbus.ObjectPath // offered for a write; "/" for none
	kept   []byte

	mu    sync.Mutex
	calls []string // that count here, in order
}

func (k *askingKeyring) called(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls = append(k.calls, name)
}

// serve puts the keyring on the session bus.
func (k *askingKeyring) serve(t *testing.T) {
	t.Helper()
	bus := ownBus(t)
	done := func() *dbus.Error { return nil }
	tables := []struct {
		path    dbus.ObjectPath
		of      string
		methods map[string]any
		has     map[string]any // properties
	}{
		{servicePath, serviceInterface, map[string]any{
			"OpenSession": func(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
				return dbus.MakeVariant(""), "/session", nil
			},
		}, map[string]any{"Collections": []dbus.ObjectPath{loginPath}}},
		{"/session", "org.freedesktop.Secret.Session", map[string]any{"Close": done}, nil},
		{loginPath, collectionInterface, map[string]any{
			"SearchItems": func(map[string]string) ([]dbus.ObjectPath, *dbus.Error) { return []dbus.ObjectPath{itemPath}, nil },
			"CreateItem": func(map[string]dbus.Variant, ss.Secret, bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
				k.called("create")
				return itemPath, k.prompt, nil
			},
		}, map[string]any{"Locked": false}},
		{itemPath, itemInterface, map[string]any{
			"GetSecret": func(s dbus.ObjectPath) (ss.Secret, *dbus.Error) {
				return ss.Secret{Session: s, Value: k.kept, Parameters: []byte{}}, nil
			},
			"Delete": func() (dbus.ObjectPath, *dbus.Error) { k.called("delete"); return k.prompt, nil },
		}, map[string]any{"Locked": false}},
		{promptPath, promptInterface, map[string]any{
			"Prompt":  func(string) *dbus.Error { k.called("prompt"); return nil },
			"Dismiss": func() *dbus.Error { k.called("dismiss"); return nil },
		}, nil},
	}
	for _, o := range tables {
		properties := map[string]*prop.Prop{}
		for name, value := range o.has {
			properties[name] = &prop.Prop{Value: value}
		}
		_, err := prop.Export(bus, o.path, prop.Map{o.of: properties})
		if err := errors.Join(err, bus.ExportMethodTable(o.methods, o.path, o.of)); err != nil {
			t.Fatal(err)
		}
	}
	own(t, bus, serviceName)
}

// made fails unless these calls were made, and no others.
func (k *askingKeyring) made(t *testing.T, want ...string) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.calls) != len(want) {
		t.Fatalf("calls: %v, want %v", k.calls, want)
	}
	for i := range want {
		if k.calls[i] != want[i] {
			t.Fatalf("calls: %v, want %v", k.calls, want)
		}
	}
}

// useAskingKeyring: a write that would be asked about is given up, and nothing is asked.
func useAskingKeyring(t *testing.T) {
	service := &askingKeyring{prompt: promptPath, kept: []byte(`{"refresh":"r0"}`)}
	service.serve(t)
	k := &Keyring{Service: "Sparekey test", Account: "https://a.example"}
	if err := k.Save(t.Context(), app.NewSecret("r1")); !errors.Is(err, ErrAsks) {
		t.Errorf("save: got %v", err)
	}
	service.made(t, "create", "dismiss", "delete", "dismiss")
	if got, err := k.Load(t.Context()); err != nil || got.Reveal() != "r0" {
		t.Errorf("load: %q, %v", got.Reveal(), err)
	}
}

// useDeafKeyring: a write that is called done and was not is no success, and the item of before goes.
func useDeafKeyring(t *testing.T) {
	service := &askingKeyring{prompt: nothing, kept: []byte(`{"refresh":"r0"}`)}
	service.serve(t)
	k := &Keyring{Service: "Sparekey test", Account: "https://a.example"}
	if err := k.Save(t.Context(), app.NewSecret("r1")); !errors.Is(err, ErrNotKept) {
		t.Errorf("save: got %v", err)
	}
	service.made(t, "create", "delete")
}
