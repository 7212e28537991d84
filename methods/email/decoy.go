package email

import (
	"encoding/hex"
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
	c, err := keep(t, a)
	c.Address = "" // nothing is ever sent to a decoy
	return c, err
}
