package ctaptest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
)

// agreement is the key's half of the key agreement (section 6.5.5.4), new with every power-up and every wrong PIN.
type agreement struct{ private *ecdh.PrivateKey }

func newAgreement() agreement { return agreement{must(ecdh.P256().GenerateKey(rand.Reader))} }

// coseAgreement is a public key for key agreement as COSE has it.
type coseAgreement struct {
	Type      int    `cbor:"1,keyasint"`
	Algorithm int    `cbor:"3,keyasint"`
	Curve     int    `cbor:"-1,keyasint"`
	X         []byte `cbor:"-2,keyasint"`
	Y         []byte `cbor:"-3,keyasint"`
}

func (a agreement) public() coseAgreement {
	point := a.private.PublicKey().Bytes() // 4, x, y
	return coseAgreement{Type: 2, Algorithm: -25, Curve: 1, X: point[1:33], Y: point[33:]}
}

// shared is what both ends can compute: PIN/UV auth protocol one (section 6.5.6) or two (6.5.7).
type shared struct {
	version         int
	encrypt, verify []byte
}

func (a agreement) with(peer coseAgreement, version int) (shared, error) {
	if len(peer.X) != 32 || len(peer.Y) != 32 {
		return shared{}, errInvalidParameter
	}
	point, err := ecdh.P256().NewPublicKey(append(append([]byte{4}, peer.X...), peer.Y...))
	if err != nil {
		return shared{}, errInvalidParameter
	}
	z := must(a.private.ECDH(point))
	if version == 1 {
		key := sha256.Sum256(z)
		return shared{1, key[:], key[:]}, nil
	}
	salt := make([]byte, 32)
	return shared{
		version: 2,
		encrypt: must(hkdf.Key(sha256.New, z, salt, "CTAP2 AES key", 32)),
		verify:  must(hkdf.Key(sha256.New, z, salt, "CTAP2 HMAC key", 32)),
	}, nil
}

func (s shared) seal(plain []byte) []byte {
	iv, out := make([]byte, aes.BlockSize), []byte(nil)
	if s.version == 2 {
		iv = random(aes.BlockSize)
		out = append(out, iv...)
	}
	sealed := make([]byte, len(plain))
	cipher.NewCBCEncrypter(must(aes.NewCipher(s.encrypt)), iv).CryptBlocks(sealed, plain)
	return append(out, sealed...)
}

func (s shared) open(sealed []byte) ([]byte, error) {
	iv := make([]byte, aes.BlockSize)
	if s.version == 2 {
		if len(sealed) < aes.BlockSize {
			return nil, errInvalidParameter
		}
		iv, sealed = sealed[:aes.BlockSize], sealed[aes.BlockSize:]
	}
	if len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, errInvalidParameter
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(must(aes.NewCipher(s.encrypt)), iv).CryptBlocks(plain, sealed)
	return plain, nil
}

// authentic says whether auth authenticates data under key: 16 bytes in protocol one, 32 in two.
func authentic(version int, key, data, auth []byte) bool {
	mac := hmac.New(sha256.New, key)
	mac.Write(data)
	sum := mac.Sum(nil)
	if version == 1 {
		sum = sum[:16]
	}
	return hmac.Equal(sum, auth)
}
