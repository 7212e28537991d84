package managed

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows/registry"
)

// policyKey is where Group Policy puts the settings, below HKEY_LOCAL_MACHINE; only administrators may write there.
const policyKey = `Software\Policies\Sparekey`

const place = `HKEY_LOCAL_MACHINE\` + policyKey

func load(into any) (string, error) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, policyKey, registry.READ)
	switch {
	case errors.Is(err, registry.ErrNotExist):
		return "", nil
	case err != nil:
		return place, fmt.Errorf("%s: %w", place, err)
	}
	defer k.Close()
	return place, decodeRegistry(place, openKey{k}, into)
}

// openKey is a key of the registry that is open.
type openKey struct{ registry.Key }

// Values implements key.
func (k openKey) Values() (map[string]any, error) {
	names, err := k.ReadValueNames(-1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	values := make(map[string]any, len(names))
	for _, name := range names {
		text, _, err := k.GetStringValue(name)
		switch {
		case errors.Is(err, registry.ErrUnexpectedType):
			values[name] = struct{}{}
		case err != nil:
			return nil, fmt.Errorf(`%s\%s: %w`, place, name, err)
		default:
			values[name] = text // of REG_EXPAND_SZ as it stands: the person's environment decides nothing here
		}
	}
	return values, nil
}

// Keys implements key.
func (k openKey) Keys() ([]string, error) { return k.ReadSubKeyNames(-1) }

// Below implements key.
func (k openKey) Below(name string) (map[string]any, error) {
	below, err := registry.OpenKey(k.Key, name, registry.READ)
	if err != nil {
		return nil, fmt.Errorf(`%s\%s: %w`, place, name, err)
	}
	defer below.Close()
	return openKey{below}.Values()
}
