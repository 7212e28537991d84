package authapp

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/sparekey/sparekey/app"
)

var _ app.Decoyer = Method{}

// Decoy implements app.Decoyer: a seed that no app holds.
func (Method) Decoy(t app.Turn, _ int) (app.NewCredential, error) {
	secret := make(seed, seedSize)
	if _, err := io.ReadFull(t.Rand, secret); err != nil {
		return app.NewCredential{}, fmt.Errorf("authapp: draw a seed: %w", err)
	}
	kept, err := json.Marshal(credential{Owner: t.Person.Account, Seed: secret})
	if err != nil {
		return app.NewCredential{}, fmt.Errorf("authapp: keep the credential: %w", err)
	}
	return app.NewCredential{Secret: kept}, nil
}
