package questions

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

var _ app.Decoyer = Method{}

// Decoy implements app.Decoyer: questions that nobody answered, and some of them drawn. Their hashes cost what real ones
// do, and are of nothing. Each update ended a gate, so that others are drawn since.
func (m Method) Decoy(t app.Turn, updates int) (app.NewCredential, error) {
	c := credential{Owned: kept.By(t), Cost: m.Cost}
	if c.Cost == (Cost{}) {
		c.Cost = defaultCost
	}
	left := offered(t.Settings.Questions)
	for len(c.Answers) < t.Settings.Questions.Register && len(left) > 0 {
		at, err := rand.Int(t.Rand, big.NewInt(int64(len(left))))
		if err != nil {
			return app.NewCredential{}, fmt.Errorf("questions: draw: %w", err)
		}
		i := int(at.Int64())
		k := keptAnswer{ID: left[i].ID, Texts: left[i].Texts, Hash: make([]byte, hashSize)}
		if k.Salt, err = newSalt(t.Rand); err != nil {
			return app.NewCredential{}, err
		}
		if _, err := io.ReadFull(t.Rand, k.Hash); err != nil {
			return app.NewCredential{}, fmt.Errorf("questions: draw a hash: %w", err)
		}
		c.Answers = append(c.Answers, k)
		left = append(left[:i], left[i+1:]...)
	}
	for range updates + 1 {
		var err error
		if c.Drawn, err = c.draw(t.Rand, max(t.Settings.Questions.Ask, 1)); err != nil {
			return app.NewCredential{}, err
		}
	}
	secret, err := kept.Encode(c)
	return app.NewCredential{Secret: secret}, err
}
