// Package keytest is a security key in software that answers WebAuthn requests, for tests that are about the answers and
// not about the key: each can be spoilt before it is signed.
package keytest

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"github.com/sparekey/sparekey/app"
)

// Algorithms of COSE (RFC 9053, RFC 8812).
const (
	ES256 = -7
	EdDSA = -8
	RS256 = -257
)

// Flags of the authenticator data (WebAuthn Level 3, section 6.1).
const (
	Present  = 0x01
	Verified = 0x04
	Eligible = 0x08 // for a backup
	BackedUp = 0x10
	attested = 0x40
	extended = 0x80
)

// canonical is CBOR as keys write it (CTAP 2.1, section 8): the same each time.
var canonical = must(cbor.CTAP2EncOptions().EncMode())

// Key is the security key, and the workstation that asks it. Its zero value makes ES256 credentials, verifies who
// touches it, and attests nothing.
type Key struct {
	AAGUID    [16]byte
	Algorithm int  // of new credentials; 0 for ES256
	Flags     byte // beside Present and Verified
	Protect   int  // the level of credProtect that it tells of; 0 for none
	Maker     *Maker
	Counter   uint32
	Random    io.Reader // of new ES256 credentials; nil for the system's

	made []credential
}

type credential struct {
	id      []byte
	private crypto.Signer
}

// Draft is an answer before it is signed.
type Draft struct {
	Type        string
	Challenge   []byte
	Origin      string
	CrossOrigin bool
	RPID        string
	Flags       byte
	Counter     uint32
}

func (k *Key) draft(kind, origin, rpID string, challenge []byte, spoil []func(*Draft)) Draft {
	k.Counter++
	d := Draft{
		Type: kind, Challenge: challenge, Origin: origin, RPID: rpID, Flags: Present | Verified | k.Flags, Counter: k.Counter,
	}
	for _, f := range spoil {
		f(&d)
	}
	return d
}

func (d Draft) client() []byte {
	return must(json.Marshal(map[string]any{
		"type": d.Type, "challenge": base64.RawURLEncoding.EncodeToString(d.Challenge), "origin": d.Origin,
		"crossOrigin": d.CrossOrigin,
	}))
}

// data is the authenticator data, and rest what follows the counter.
func (d Draft) data(rest []byte) []byte {
	hash := sha256.Sum256([]byte(d.RPID))
	return append(binary.BigEndian.AppendUint32(append(hash[:], d.Flags), d.Counter), rest...)
}

// Create makes a credential.
func (k *Key) Create(c app.KeyCreate, spoil ...func(*Draft)) app.KeyAnswer {
	return k.create(c, k.newCredential(), spoil)
}

func (k *Key) create(c app.KeyCreate, made credential, spoil []func(*Draft)) app.KeyAnswer {
	d := k.draft("webauthn.create", c.Origin, c.RPID, c.Challenge, spoil)
	d.Flags |= attested
	rest := slices.Concat(k.AAGUID[:], binary.BigEndian.AppendUint16(nil, uint16(len(made.id))), made.id, public(made.private))
	if k.Protect != 0 {
		d.Flags |= extended
		rest = append(rest, must(canonical.Marshal(map[string]int{"credProtect": k.Protect}))...)
	}
	data, client := d.data(rest), d.client()
	format, statement := "none", map[string]any{}
	if k.Maker != nil {
		hash := sha256.Sum256(client)
		format, statement = "packed", k.Maker.attest(append(bytes.Clone(data), hash[:]...), k.AAGUID)
	}
	return app.KeyAnswer{
		CredentialID: made.id, ClientDataJSON: client,
		AttestationObject: must(canonical.Marshal(map[string]any{"fmt": format, "attStmt": statement, "authData": data})),
	}
}

// Again answers as a key would that makes the credential which it made last once more.
func (k *Key) Again(c app.KeyCreate) app.KeyAnswer {
	last := k.made[len(k.made)-1]
	return k.create(c, last, nil)
}

// Get proves the first credential of the list that it has; none makes an empty answer.
func (k *Key) Get(g app.KeyGet, spoil ...func(*Draft)) app.KeyAnswer {
	for _, c := range k.made {
		if !slices.ContainsFunc(g.Allow, func(id []byte) bool { return bytes.Equal(id, c.id) }) {
			continue
		}
		d := k.draft("webauthn.get", g.Origin, g.RPID, g.Challenge, spoil)
		data, client := d.data(nil), d.client()
		hash := sha256.Sum256(client)
		return app.KeyAnswer{
			CredentialID: c.id, ClientDataJSON: client, AuthenticatorData: data,
			Signature: sign(c.private, append(bytes.Clone(data), hash[:]...)),
		}
	}
	return app.KeyAnswer{}
}

// Claim answers for a credential that the key does not hold, with a key pair of its own.
func (k *Key) Claim(g app.KeyGet) app.KeyAnswer {
	c := k.newCredential()
	held := g
	held.Allow = [][]byte{c.id}
	answer := k.Get(held)
	answer.CredentialID = g.Allow[0]
	return answer
}

func (k *Key) newCredential() credential {
	if k.Random != nil {
		c := drawn(k.Random)
		k.made = append(k.made, c)
		return c
	}
	c := credential{id: make([]byte, 32)}
	_, _ = rand.Read(c.id) // never fails
	switch k.Algorithm {
	case EdDSA:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		c.private = must(private, err)
	case RS256:
		c.private = must(rsa.GenerateKey(rand.Reader, 2048))
	default:
		c.private = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	}
	k.made = append(k.made, c)
	return c
}

// drawn is an ES256 credential out of a stream: the same stream gives the same.
func drawn(random io.Reader) credential {
	c, scalar := credential{id: make([]byte, 32)}, make([]byte, 32)
	must(io.ReadFull(random, c.id))
	must(io.ReadFull(random, scalar[1:])) // smaller than the order of the curve
	c.private = must(ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar))
	return c
}

// public is the public key as COSE has it.
func public(private crypto.Signer) []byte {
	var key map[int]any
	switch p := private.Public().(type) {
	case ed25519.PublicKey:
		key = map[int]any{1: 1, 3: EdDSA, -1: 6, -2: []byte(p)}
	case *rsa.PublicKey:
		key = map[int]any{1: 3, 3: RS256, -1: p.N.Bytes(), -2: []byte{1, 0, 1}}
	case *ecdsa.PublicKey:
		point := must(p.Bytes())
		key = map[int]any{1: 2, 3: ES256, -1: 1, -2: point[1:33], -3: point[33:]}
	}
	return must(canonical.Marshal(key))
}

func sign(private crypto.Signer, data []byte) []byte {
	if _, is := private.(ed25519.PrivateKey); is {
		return must(private.Sign(nil, data, crypto.Hash(0)))
	}
	hash := sha256.Sum256(data)
	return must(private.Sign(rand.Reader, hash[:], crypto.SHA256))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
