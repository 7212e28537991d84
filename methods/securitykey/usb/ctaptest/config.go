package ctaptest

import (
	"bytes"

	"github.com/fxamacker/cbor/v2"
)

// Subcommands of authenticatorConfig (section 6.11).
const (
	configAlwaysUV = 2
	configMinPIN   = 3
)

type configRequest struct {
	Sub      int             `cbor:"1,keyasint"`
	Params   cbor.RawMessage `cbor:"2,keyasint"`
	Protocol int             `cbor:"3,keyasint"`
	Auth     []byte          `cbor:"4,keyasint"`
}

type configParams struct {
	MinPIN      int  `cbor:"1,keyasint"`
	ForceChange bool `cbor:"3,keyasint"`
}

// configure is authenticatorConfig. A key without any protection takes it from anybody.
func (c *call) configure(r configRequest) (any, error) {
	k := c.k
	if k.store.pin != nil {
		signed := append(bytes.Repeat([]byte{0xff}, 32), cmdConfig, byte(r.Sub))
		if err := k.verified(r.Protocol, append(signed, r.Params...), r.Auth, mayConfigure, ""); err != nil {
			return nil, err
		}
	}
	switch r.Sub {
	case configAlwaysUV:
		k.store.alwaysUV = !k.store.alwaysUV
		return nil, nil
	case configMinPIN:
		var p configParams
		if err := cbor.Unmarshal(r.Params, &p); err != nil {
			return nil, err
		}
		return nil, k.setMinPIN(p)
	}
	return nil, errInvalidSub
}

// setMinPIN raises the least length, never lowers it. Nobody knows how long the PIN is, so that it must be changed.
func (k *Key) setMinPIN(p configParams) error {
	switch {
	case p.MinPIN != 0 && p.MinPIN < k.store.minPIN:
		return errPINPolicy
	case p.ForceChange && k.store.pin == nil:
		return errPINNotSet
	case p.MinPIN > k.store.minPIN:
		k.store.minPIN = p.MinPIN
		k.store.forceChange = k.store.pin != nil
	}
	k.store.forceChange = k.store.forceChange || p.ForceChange
	return nil
}
