package email

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/sparekey/sparekey/app"
)

var _ app.Decoyer = Method{}

// Decoy implements app.Decoyer: an address that nobody can guess, in a domain that can't exist (RFC 2606, 2).
func (Method) Decoy(t app.Turn, _ int) (app.NewCredential, error) {
	local := make([]byte, 16)
	if _, err := io.ReadFull(t.Rand, local); err != nil {
		return app.NewCredential{}, fmt.Errorf("email: draw an address: %w", err)
	}
	a, err := parse(hex.EncodeToString(local) + "@decoy.invalid")
	if err != nil {
		return app.NewCredential{}, err
	}
	secret, err := json.Marshal(credential{Owner: t.Person.Account, Address: a})
	if err != nil {
		return app.NewCredential{}, fmt.Errorf("email: keep the credential: %w", err)
	}
	return app.NewCredential{Secret: secret, Masked: a.masked()}, nil
}
