package securitykey

import (
	"bytes"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

// state is what the method keeps between two turns.
type state struct {
	kept.Owned
	kept.For
	Since   time.Time            `json:"since,omitzero"` // when the challenge was drawn
	Session webauthn.SessionData `json:"session"`        // what was asked for; without a challenge when that is spent
}

// credential is the secret part of a registered key.
type credential struct {
	kept.Owned
	Handle []byte              `json:"handle"` // random; the same for all keys of a person
	Key    webauthn.Credential `json:"key"`
}

// is reports whether this is the credential with an ID.
func (c credential) is(id []byte) bool { return bytes.Equal(c.Key.ID, id) }

func newState(t app.Turn, use kept.Use) state {
	return state{Owned: kept.By(t), For: kept.For{Use: use}}
}

// readCredential takes a credential, registered by the same person.
func readCredential(t app.Turn, secret []byte) (credential, error) {
	c, err := kept.ReadCredential[credential](t, secret)
	if err != nil {
		return credential{}, err
	}
	if len(c.Handle) == 0 || len(c.Key.ID) == 0 || len(c.Key.PublicKey) == 0 {
		return credential{}, app.Errorf(app.CodeInternal, "securitykey: no key in the credential")
	}
	return c, nil
}
