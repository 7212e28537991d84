package app_test

import (
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestKeyAnswersAreWebAuthnsJSON holds the two forms to the letter (WebAuthn Level 3, sections 5.1.8 and 5.1.9).
func TestKeyAnswersAreWebAuthnsJSON(t *testing.T) {
	for want, answer := range map[string]app.KeyAnswer{
		`{"authenticatorAttachment":"cross-platform","clientExtensionResults":{},"id":"-_8","rawId":"-_8","response":` +
			`{"attestationObject":"oA","clientDataJSON":"e30","transports":["usb"]},"type":"public-key"}`: {
			CredentialID: []byte{0xfb, 0xff}, ClientDataJSON: []byte("{}"), AttestationObject: []byte{0xa0}, Product: "Sample Key",
		},
		`{"authenticatorAttachment":"cross-platform","clientExtensionResults":{},"id":"-_8","rawId":"-_8","response":` +
			`{"authenticatorData":"AQ","clientDataJSON":"e30","signature":"Ag","userHandle":"Aw"},"type":"public-key"}`: {
			CredentialID: []byte{0xfb, 0xff}, ClientDataJSON: []byte("{}"), AuthenticatorData: []byte{1}, Signature: []byte{2},
			UserHandle: []byte{3},
		},
	} {
		got, err := answer.WebAuthn()
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}
