package securitykey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/kept"
)

var _ app.Decoyer = Method{}

// idSizes are those of the credential IDs that common keys make, in bytes.
var idSizes = [...]int{48, 64}

// Decoy implements app.Decoyer: a credential that no key holds. Its private key is forgotten at once.
func (Method) Decoy(t app.Turn, _ int) (app.NewCredential, error) {
	drawn, err := draw(t, 1+idSizes[1]+handleSize+31)
	if err != nil {
		return app.NewCredential{}, err
	}
	id := drawn[1 : 1+idSizes[int(drawn[0])%len(idSizes)]]
	handle, scalar := drawn[1+idSizes[1]:][:handleSize], make([]byte, 32)
	copy(scalar[1:], drawn[1+idSizes[1]+handleSize:]) // smaller than the order of the curve
	public, err := publicKey(scalar)
	if err != nil {
		return app.NewCredential{}, err
	}
	secret, err := kept.Encode(credential{Owned: kept.By(t), Handle: handle, Key: webauthn.Credential{
		ID: id, PublicKey: public, Flags: webauthn.CredentialFlags{UserPresent: true, UserVerified: true},
	}})
	return app.NewCredential{Secret: secret, Unique: id}, err
}

// publicKey is the one that belongs to a private key, for ES256, in COSE's form (RFC 9053, section 7.1.1).
func publicKey(scalar []byte) ([]byte, error) {
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		return nil, fmt.Errorf("securitykey: draw a key: %w", err)
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("securitykey: draw a key: %w", err)
	}
	return webauthncbor.Marshal(webauthncose.EC2PublicKeyData{
		PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)},
		Curve:         int64(webauthncose.P256), XCoord: point[1:33], YCoord: point[33:65],
	})
}
