package ctaptest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"unicode/utf8"
)

// Subcommands of clientPIN (section 6.5.5).
const (
	pinRetries        = 1
	pinAgreement      = 2
	pinSet            = 3
	pinChange         = 4
	pinToken          = 5
	pinTokenByUV      = 6
	pinUVRetries      = 7
	pinTokenByPINPerm = 9
)

// Permissions of a token (section 6.5.5.7).
const (
	mayMake      = 0x01
	mayGet       = 0x02
	mayManage    = 0x04
	mayEnrol     = 0x08
	mayConfigure = 0x20
)

// token is the pinUvAuthToken, which stands for a user verification.
type token struct {
	version int
	value   []byte
	may     int
	rpID    string // empty until bound
}

type pinRequest struct {
	Protocol    int            `cbor:"1,keyasint"`
	Sub         int            `cbor:"2,keyasint"`
	Agreement   *coseAgreement `cbor:"3,keyasint"`
	Auth        []byte         `cbor:"4,keyasint"`
	NewPIN      []byte         `cbor:"5,keyasint"`
	PINHash     []byte         `cbor:"6,keyasint"`
	Permissions int            `cbor:"9,keyasint"`
	RPID        string         `cbor:"10,keyasint"`
}

type pinAnswer struct {
	Agreement  *coseAgreement `cbor:"1,keyasint,omitempty"`
	Token      []byte         `cbor:"2,keyasint,omitempty"`
	Retries    *int           `cbor:"3,keyasint,omitempty"`
	PowerCycle bool           `cbor:"4,keyasint,omitempty"`
	UVRetries  *int           `cbor:"5,keyasint,omitempty"`
}

// clientPIN is authenticatorClientPIN.
func (c *call) clientPIN(r pinRequest) (any, error) {
	k := c.k
	if r.Sub == pinRetries || r.Sub == pinUVRetries {
		return k.counter(r.Sub)
	}
	if !slices.Contains(k.o.Protocols, r.Protocol) {
		return nil, errInvalidParameter
	}
	if r.Sub == pinAgreement {
		public := k.now.agreement.public()
		return pinAnswer{Agreement: &public}, nil
	}
	if r.Agreement == nil {
		return nil, errMissingParameter
	}
	s, err := k.now.agreement.with(*r.Agreement, r.Protocol)
	if err != nil {
		return nil, err
	}
	switch r.Sub {
	case pinSet:
		return nil, k.setPIN(s, r)
	case pinChange:
		return nil, k.changePIN(s, r)
	case pinToken, pinTokenByPINPerm:
		return k.tokenByPIN(s, r)
	case pinTokenByUV:
		return c.tokenByFinger(s, r)
	}
	return nil, errInvalidSub
}

// counter tells how many tries are left.
func (k *Key) counter(sub int) (any, error) {
	switch {
	case k.o.NoCounters, sub == pinUVRetries && !k.o.Sensor:
		return nil, errInvalidSub
	case sub == pinUVRetries:
		return pinAnswer{UVRetries: &k.store.uvRetries}, nil
	}
	return pinAnswer{Retries: &k.store.retries, PowerCycle: k.now.wrongPINs >= maxInARow}, nil
}

func (k *Key) setPIN(s shared, r pinRequest) error {
	if k.store.pin != nil || !authentic(s.version, s.verify, r.NewPIN, r.Auth) {
		return errAuthInvalid
	}
	return k.keepPIN(s, r.NewPIN)
}

func (k *Key) changePIN(s shared, r pinRequest) error {
	if err := k.blocked(); err != nil {
		return err
	}
	if !authentic(s.version, s.verify, append(bytes.Clone(r.NewPIN), r.PINHash...), r.Auth) {
		return errAuthInvalid
	}
	if err := k.checkPIN(s, r.PINHash); err != nil {
		return err
	}
	return k.keepPIN(s, r.NewPIN)
}

func (k *Key) keepPIN(s shared, sealed []byte) error {
	padded, err := s.open(sealed)
	if err != nil {
		return err
	}
	if len(padded) != 64 {
		return errInvalidParameter
	}
	pin := bytes.TrimRight(padded, "\x00")
	if len(pin) > longestPIN || utf8.RuneCount(pin) < k.store.minPIN {
		return errPINPolicy
	}
	hash := sha256.Sum256(pin)
	if k.store.forceChange && hmac.Equal(hash[:16], k.store.pin) {
		return errPINPolicy
	}
	k.store.pin, k.store.retries, k.store.forceChange = hash[:16], maxRetries, false
	k.now.wrongPINs, k.now.token = 0, token{}
	return nil
}

func (k *Key) blocked() error {
	switch {
	case k.store.pin == nil:
		return errPINNotSet
	case k.store.retries == 0:
		return errPINBlocked
	case k.now.wrongPINs >= maxInARow:
		return errAuthBlocked
	}
	return nil
}

// checkPIN counts before it compares (section 6.5.5.6).
func (k *Key) checkPIN(s shared, sealed []byte) error {
	k.store.retries--
	hash, err := s.open(sealed)
	if err == nil && hmac.Equal(hash, k.store.pin) {
		k.store.retries, k.now.wrongPINs = maxRetries, 0
		return nil
	}
	k.now.agreement = newAgreement()
	k.now.wrongPINs++
	switch {
	case k.store.retries == 0 && !k.o.WrongAtZero:
		return errPINBlocked
	case k.now.wrongPINs >= maxInARow:
		return errAuthBlocked
	}
	return errPINInvalid
}

func (k *Key) tokenByPIN(s shared, r pinRequest) (any, error) {
	if r.Sub == pinTokenByPINPerm && r.Permissions == 0 {
		return nil, errInvalidParameter
	}
	if err := k.blocked(); err != nil {
		return nil, err
	}
	if err := k.checkPIN(s, r.PINHash); err != nil {
		return nil, err
	}
	if k.store.forceChange {
		return nil, errPINPolicy
	}
	return k.newToken(s, r), nil
}

func (c *call) tokenByFinger(s shared, r pinRequest) (any, error) {
	k := c.k
	switch {
	case !k.o.Sensor || len(k.store.fingers) == 0:
		return nil, errNotAllowed
	case k.store.uvRetries == 0:
		return nil, errUVBlocked
	}
	if err := c.wait(k.finger); err == errUVInvalid {
		if k.store.uvRetries--; k.store.uvRetries == 0 {
			if k.o.WrongAtZero {
				return nil, errUVInvalid
			}
			return nil, errUVBlocked
		}
		return nil, err
	} else if err != nil {
		return nil, err
	}
	k.store.uvRetries = maxUVRetries
	return k.newToken(s, r), nil
}

func (k *Key) newToken(s shared, r pinRequest) pinAnswer {
	may := r.Permissions
	if r.Sub == pinToken {
		may = k.o.permits()
	}
	k.store.uvRetries = maxUVRetries
	k.now.token = token{version: s.version, value: random(32), may: may, rpID: r.RPID}
	return pinAnswer{Token: s.seal(k.now.token.value)}
}

// verified says whether auth authenticates data with a token that may do this; rpID is empty where there is none.
func (k *Key) verified(version int, data, auth []byte, may int, rpID string) error {
	t := &k.now.token
	if auth == nil {
		return errTokenRequired
	}
	if t.value == nil || version != t.version || t.may&may == 0 || !authentic(version, t.value, data, auth) {
		return errAuthInvalid
	}
	if rpID != "" && t.rpID == "" {
		t.rpID = rpID
	}
	if rpID != t.rpID && rpID != "" {
		return errAuthInvalid
	}
	return nil
}
