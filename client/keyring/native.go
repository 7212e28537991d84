//go:build windows || darwin

package keyring

import "github.com/zalando/go-keyring"

// operatingSystem is Credential Manager or Keychain.
type operatingSystem struct{}

func (operatingSystem) Set(service, user, password string) error {
	return keyring.Set(service, user, password)
}
func (operatingSystem) Get(service, user string) (string, error) { return keyring.Get(service, user) }
func (operatingSystem) Delete(service, user string) error        { return keyring.Delete(service, user) }
