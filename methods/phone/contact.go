package phone

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sparekey/sparekey/app"
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
	return keep(t.Person, n)
}

// keep makes the credential of a person's number.
func keep(p app.Person, n number) (app.NewCredential, error) {
	secret, err := json.Marshal(credential{Owner: p.Account, Number: n})
	if err != nil {
		return app.NewCredential{}, fmt.Errorf("phone: keep the credential: %w", err)
	}
	return app.NewCredential{Secret: secret, Variant: string(n.Use), Masked: n.masked(), Address: n.dial()}, nil
}
