package email

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// Contact makes the credential of an address that was entered beforehand (app.GiveAddress); see app.Contactable.
func (Method) Contact(t app.Turn, in app.Input) (app.NewCredential, error) {
	given, is := in.(app.GiveAddress)
	if !is {
		return app.NewCredential{}, &app.Error{Code: app.CodeNotNow}
	}
	a, err := read(t, given.Address)
	if err != nil {
		return app.NewCredential{}, err
	}
	return keep(t, a)
}

// read takes an address to register: one that works without the forgotten password.
func read(t app.Turn, typed string) (address, error) {
	a, err := parse(typed)
	if err != nil {
		return address{}, err
	}
	if own := a.within(t.Settings.OwnDomains); own != "" {
		return address{}, &app.Error{Code: app.CodeOwnDomain, Field: "address", Params: map[string]string{"domain": own}}
	}
	return a, nil
}

// keep makes the credential of a person's address.
func keep(t app.Turn, a address) (app.NewCredential, error) {
	secret, err := kept.Encode(credential{Owned: kept.By(t), Address: a})
	if err != nil {
		return app.NewCredential{}, err
	}
	return app.NewCredential{Secret: secret, Masked: a.masked(), Address: a.Mailbox}, nil
}
