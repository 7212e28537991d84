package ctaptest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"math/big"
	"slices"
	"time"
)

type extensions struct {
	Protect int `cbor:"credProtect,omitempty"`
}

type makeRequest struct {
	Hash       []byte          `cbor:"1,keyasint"`
	RP         relyingParty    `cbor:"2,keyasint"`
	User       user            `cbor:"3,keyasint"`
	Algorithms []parameter     `cbor:"4,keyasint"`
	Exclude    []descriptor    `cbor:"5,keyasint"`
	Extensions extensions      `cbor:"6,keyasint"`
	Options    map[string]bool `cbor:"7,keyasint"`
	Auth       *[]byte         `cbor:"8,keyasint"`
	Protocol   int             `cbor:"9,keyasint"`
}

type makeAnswer struct {
	Format    string         `cbor:"1,keyasint"`
	AuthData  []byte         `cbor:"2,keyasint"`
	Statement map[string]any `cbor:"3,keyasint"`
}

// makeCredential is authenticatorMakeCredential (section 6.1).
func (c *call) makeCredential(r makeRequest) (any, error) {
	k := c.k
	if len(r.Hash) == 0 || r.RP.ID == "" || len(r.User.ID) == 0 || len(r.Algorithms) == 0 {
		return nil, errMissingParameter
	}
	if err := k.takesNames(r); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(r.Algorithms, func(p parameter) bool { return slices.Contains(k.o.Algorithms, p.Algorithm) })
	if at < 0 {
		return nil, errAlgorithm
	}
	if up, is := r.Options["up"]; is && !up {
		return nil, errInvalidOption
	}
	verified, err := c.verify(verification{r.Auth, r.Protocol, r.Hash, mayMake, r.RP.ID, r.Options["uv"]})
	if err != nil {
		return nil, err
	}
	if !verified && (k.store.pin != nil || k.store.alwaysUV) {
		return nil, errTokenRequired
	}
	if err := c.touchToMake(r, verified); err != nil {
		return nil, err
	}
	made := k.newCredential(r.Algorithms[at].Algorithm)
	made.rp, made.user, made.discoverable, made.protect = r.RP, r.User, r.Options["rk"], r.Extensions.Protect
	if err := k.keep(made); err != nil {
		return nil, err
	}
	k.now.token.may = 0
	return k.attest(made, r, verified), nil
}

// touchToMake waits for the touch, and refuses after it where a credential of the list is on the key already.
func (c *call) touchToMake(r makeRequest, verified bool) error {
	excluded := len(r.Exclude) > 0 && len(c.k.find(r.RP.ID, r.Exclude, verified)) > 0
	if err := c.wait(c.k.touch); err != nil {
		return err
	}
	if excluded {
		return errExcluded
	}
	return nil
}

// verification is a request's claim to a user verification.
type verification struct {
	auth     *[]byte
	protocol int
	data     []byte
	may      int
	rpID     string
	builtIn  bool // by the option uv, without a token
}

// verify checks it. An empty auth asks which key it is by a touch (section 6.1.2, step 1).
func (c *call) verify(v verification) (bool, error) {
	k := c.k
	switch {
	case v.auth != nil && len(*v.auth) == 0:
		if err := c.selected(); err != nil {
			return false, err
		}
		if k.store.pin == nil {
			return false, errPINNotSet
		}
		return false, errPINInvalid
	case v.auth != nil:
		return true, k.verified(v.protocol, v.data, *v.auth, v.may, v.rpID)
	case !v.builtIn:
		return false, nil
	case !k.o.Sensor || len(k.store.fingers) == 0:
		return false, errInvalidOption
	}
	return true, c.wait(k.finger)
}

// Store puts a discoverable credential onto the key, as if one had been made with it.
func (k *Key) Store(rpID, name, displayName string) error {
	return k.StoreAs(k.o.Algorithms[0], rpID, name, displayName)
}

// StoreAs is Store with a public key that says to be of an algorithm of COSE's, which the key need not sign with.
func (k *Key) StoreAs(algorithm int, rpID, name, displayName string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	made := k.newCredential(algorithm)
	made.rp, made.user, made.discoverable = relyingParty{ID: rpID}, user{ID: []byte(name), Name: name, DisplayName: displayName}, true
	return k.keep(made)
}

// keep stores a credential; a discoverable one replaces the same user's.
func (k *Key) keep(made *credential) error {
	if made.discoverable {
		others := slices.DeleteFunc(slices.Clone(k.store.credentials), func(old *credential) bool {
			return old.discoverable && old.rp.ID == made.rp.ID && bytes.Equal(old.user.ID, made.user.ID)
		})
		if len(others) == len(k.store.credentials) && k.kept() >= k.o.Room {
			return errStoreFull
		}
		k.store.credentials = others
	}
	k.store.credentials = append(k.store.credentials, made)
	return nil
}

// attest gives a packed attestation (WebAuthn, section 8.2).
func (k *Key) attest(made *credential, r makeRequest, verified bool) makeAnswer {
	rest := append([]byte(nil), k.o.AAGUID[:]...)
	rest = binary.BigEndian.AppendUint16(rest, uint16(len(made.id)))
	rest = append(append(rest, made.id...), must(encoding.Marshal(made.cose()))...)
	flags := byte(flagPresent | flagCred)
	if verified {
		flags |= flagVerified
	}
	if made.protect != 0 {
		flags |= flagExt
		rest = append(rest, must(encoding.Marshal(extensions{made.protect}))...)
	}
	data := k.authData(made.rp.ID, flags, rest)
	signed := append(bytes.Clone(data), r.Hash...)
	statement := map[string]any{"alg": made.algorithm, "sig": sign(made.private, signed)}
	if !k.o.SelfAttest {
		private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
		statement = map[string]any{
			"alg": algES256, "sig": sign(private, signed), "x5c": [][]byte{k.certificate(private)},
		}
	}
	return makeAnswer{Format: "packed", AuthData: data, Statement: statement}
}

// certificate is an attestation certificate as WebAuthn, section 8.2.1, wants it, signed by itself.
func (k *Key) certificate(private *ecdsa.PrivateKey) []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Unix(1577836800, 0), NotAfter: time.Unix(4102444800, 0),
		Subject: pkix.Name{
			Country: []string{"SE"}, Organization: []string{k.o.Manufacturer},
			OrganizationalUnit: []string{"Authenticator Attestation"}, CommonName: k.o.Name,
		},
		BasicConstraintsValid: true,
		ExtraExtensions: []pkix.Extension{{
			Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}, Value: must(asn1.Marshal(k.o.AAGUID[:])),
		}},
	}
	return must(x509.CreateCertificate(rand.Reader, template, template, private.Public(), private))
}
