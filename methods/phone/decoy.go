package phone

import (
	"crypto/rand"
	"fmt"
	"math/big"

	"github.com/sparekey/sparekey/app"
)

// decoyNumbers are so many that nobody hits the one by typing. Numbers that are kept free for fiction are too few: who
// tried them all would know a decoy.
const decoyNumbers = 100_000_000

// Decoy makes the credential of a mobile number. Somebody may have it: nothing is ever sent to a decoy.
func (Channel) Decoy(t app.Turn, _ int) (app.NewCredential, error) {
	at, err := rand.Int(t.Rand, big.NewInt(decoyNumbers))
	if err != nil {
		return app.NewCredential{}, fmt.Errorf("phone: draw a number: %w", err)
	}
	n, err := read(app.GivePhone{Number: fmt.Sprintf("+49151%08d", at), Use: app.PhoneMobile})
	if err != nil {
		return app.NewCredential{}, err
	}
	c, err := keep(t, n)
	c.Address = "" // nothing is ever sent to a decoy
	return c, err
}
