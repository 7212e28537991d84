package phone

import (
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// Contact makes the credential of a number that was entered beforehand (app.GivePhone); see app.Contactable.
func (c Channel) Contact(t app.Turn, in app.Input) (app.NewCredential, error) {
	given, is := in.(app.GivePhone)
	if !is {
		return app.NewCredential{}, &app.Error{Code: app.CodeNotNow}
	}
	if !slices.Contains(c.Uses, given.Use) {
		return app.NewCredential{}, &app.Error{Code: app.CodePhoneUse, Field: "number"}
	}
	n, err := read(given)
	if err != nil {
		return app.NewCredential{}, err
	}
	return keep(t, n)
}

// keep makes the credential of a person's number.
func keep(t app.Turn, n number) (app.NewCredential, error) {
	secret, err := kept.Encode(credential{Owned: kept.By(t), Number: n})
	if err != nil {
		return app.NewCredential{}, err
	}
	return app.NewCredential{Secret: secret, Variant: string(n.Use), Masked: n.masked(), Address: n.dial()}, nil
}
