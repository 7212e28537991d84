package ctaptest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Algorithms of COSE (RFC 9053).
const (
	algES256 = -7
	algEdDSA = -8
)

// Levels of credProtect (section 12.1).
const (
	protectWithID = 2 // without verification only by its ID
	protectAlways = 3 // never without verification
)

// Flags of the authenticator data (WebAuthn, section 6.1).
const (
	flagPresent  = 0x01
	flagVerified = 0x04
	flagCred     = 0x40
	flagExt      = 0x80
)

type relyingParty struct {
	ID   string `cbor:"id"`
	Name string `cbor:"name,omitempty"`
}

type user struct {
	ID          []byte `cbor:"id"`
	Name        string `cbor:"name,omitempty"`
	DisplayName string `cbor:"displayName,omitempty"`
}

type descriptor struct {
	ID   []byte `cbor:"id"`
	Type string `cbor:"type"`
}

type parameter struct {
	Algorithm int    `cbor:"alg"`
	Type      string `cbor:"type"`
}

// credential is one that the key made.
type credential struct {
	id           []byte
	rp           relyingParty
	user         user
	algorithm    int
	private      crypto.Signer
	discoverable bool
	protect      int
}

func (k *Key) newCredential(algorithm int) *credential {
	c := &credential{id: random(k.o.IDSize), algorithm: algorithm}
	if algorithm == algEdDSA {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		c.private = must(private, err)
	} else {
		c.private = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	}
	return c
}

// cose gives the public key as COSE has it.
func (c *credential) cose() map[int]any {
	switch public := c.private.Public().(type) {
	case ed25519.PublicKey:
		return map[int]any{1: 1, 3: algEdDSA, -1: 6, -2: []byte(public)}
	case *ecdsa.PublicKey:
		point := must(public.Bytes())
		return map[int]any{1: 2, 3: c.algorithm, -1: 1, -2: point[1:33], -3: point[33:]}
	}
	return nil
}

func sign(private crypto.Signer, data []byte) []byte {
	if _, is := private.(ed25519.PrivateKey); is {
		return must(private.Sign(nil, data, crypto.Hash(0)))
	}
	hash := sha256.Sum256(data)
	return must(private.Sign(rand.Reader, hash[:], crypto.SHA256))
}

// authData is the authenticator data that both commands sign (WebAuthn, section 6.1).
func (k *Key) authData(rpID string, flags byte, rest []byte) []byte {
	k.store.counter++
	hash := sha256.Sum256([]byte(rpID))
	data := append(hash[:], flags)
	data = binary.BigEndian.AppendUint32(data, k.store.counter)
	return append(data, rest...)
}

// kept counts the discoverable credentials.
func (k *Key) kept() int {
	n := 0
	for _, c := range k.store.credentials {
		if c.discoverable {
			n++
		}
	}
	return n
}

// find gives the credentials for a relying party that a request may use, newest first: those of the list, or with an
// empty list the discoverable ones.
func (k *Key) find(rpID string, list []descriptor, verified bool) []*credential {
	var found []*credential
	for _, c := range slices.Backward(k.store.credentials) {
		named := slices.ContainsFunc(list, func(d descriptor) bool { return bytes.Equal(d.ID, c.id) })
		switch {
		case c.rp.ID != rpID, len(list) > 0 && !named, len(list) == 0 && !c.discoverable:
		case !verified && (c.protect == protectAlways || c.protect == protectWithID && !named):
		default:
			found = append(found, c)
		}
	}
	return found
}
