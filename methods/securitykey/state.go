package securitykey

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/sparekey/sparekey/app"
)

// The uses of a state: one made for the other is refused.
const (
	useEnrol = "enrol"
	useProve = "prove"
)

// state is what the method keeps between two turns.
type state struct {
	Owner   app.AccountID        `json:"owner"`
	Use     string               `json:"use"`
	Since   time.Time            `json:"since,omitzero"` // when the challenge was drawn
	Session webauthn.SessionData `json:"session"`        // what was asked for; without a challenge when that is spent
}

// credential is the secret part of a registered key.
type credential struct {
	Owner  app.AccountID       `json:"owner"`
	Handle []byte              `json:"handle"` // random; the same for all keys of a person
	Key    webauthn.Credential `json:"key"`
}

// is reports whether this is the credential with an ID.
func (c credential) is(id []byte) bool { return bytes.Equal(c.Key.ID, id) }

// readState takes the turn's state, made for the same person and the same use.
func readState(t app.Turn, use string) (state, error) {
	if t.State == nil {
		return state{}, &app.Error{Code: app.CodeNotNow}
	}
	var s state
	if err := decode(t.State, &s); err != nil {
		return state{}, err
	}
	if s.Owner != t.Person.Account || s.Use != use {
		return state{}, app.Errorf(app.CodeInternal, "securitykey: not this conversation's state")
	}
	return s, nil
}

// readCredential takes a credential, registered by the same person.
func readCredential(t app.Turn, secret []byte) (credential, error) {
	var c credential
	if err := decode(secret, &c); err != nil {
		return credential{}, err
	}
	if c.Owner != t.Person.Account || len(c.Handle) == 0 || len(c.Key.ID) == 0 || len(c.Key.PublicKey) == 0 {
		return credential{}, app.Errorf(app.CodeInternal, "securitykey: not this person's credential")
	}
	return c, nil
}

// decode reads what this package wrote, and nothing else. The cause names no content.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if d.Decode(into) != nil || d.InputOffset() != int64(len(data)) {
		return app.Errorf(app.CodeInternal, "securitykey: malformed state or credential")
	}
	return nil
}

func encode(what any) ([]byte, error) {
	data, err := json.Marshal(what)
	if err != nil {
		return nil, fmt.Errorf("securitykey: keep the state or credential: %w", err)
	}
	return data, nil
}
