package authapp

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

var _ app.Decoyer = Method{}

// Decoy implements app.Decoyer: a seed that no app holds.
func (Method) Decoy(t app.Turn, _ int) (app.NewCredential, error) {
	secret, err := drawSeed(t.Rand)
	if err != nil {
		return app.NewCredential{}, err
	}
	c, err := kept.Encode(credential{Owned: kept.By(t), Seed: secret})
	return app.NewCredential{Secret: c}, err
}
