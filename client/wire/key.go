package wire

import (
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Base64URL are bytes, in base64url without padding (RFC 4648, section 5).
type Base64URL []byte

// MarshalText writes them.
func (b Base64URL) MarshalText() ([]byte, error) {
	return []byte(base64.RawURLEncoding.EncodeToString(b)), nil
}

// UnmarshalText reads them.
func (b *Base64URL) UnmarshalText(text []byte) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(text))
	if err != nil {
		return errors.New("wire: not base64url")
	}
	if len(raw) == 0 {
		raw = nil
	}
	*b = raw
	return nil
}

// UseKey is the form of app.UseKey. Create and Get are WebAuthn's own JSON forms of the options
// (PublicKeyCredentialCreationOptionsJSON and PublicKeyCredentialRequestOptionsJSON; W3C, Web Authentication Level 3,
// section 5.1); the origin, which a browser would know, and the models that are taken stand beside them.
type UseKey struct {
	Type      string     `json:"type" const:"use_key"`
	Create    *KeyCreate `json:"create,omitempty"`
	Get       *KeyGet    `json:"get,omitempty"`
	Origin    string     `json:"origin"`
	Models    *KeyModels `json:"models,omitempty"`
	TriesLeft int        `json:"tries_left,omitempty"`
}

// KeyModels are the models of keys that are taken for a new credential.
type KeyModels struct {
	Allow []string `json:"allow,omitempty" nullable:"false" doc:"AAGUIDs; none: all that are not denied"`
	Deny  []string `json:"deny,omitempty" nullable:"false" doc:"AAGUIDs"`
}

// KeyCreate is the form of app.KeyCreate.
type KeyCreate struct {
	RP                 KeyParty       `json:"rp"`
	User               KeyUser        `json:"user"`
	Challenge          Base64URL      `json:"challenge"`
	Algorithms         []KeyAlgorithm `json:"pubKeyCredParams" nullable:"false"`
	Timeout            int64          `json:"timeout,omitempty" doc:"milliseconds"`
	ExcludeCredentials []KeyHandle    `json:"excludeCredentials" nullable:"false"`
	Selection          KeySelection   `json:"authenticatorSelection"`
	Attestation        string         `json:"attestation" enum:"none,direct"`
	Extensions         *KeyExtensions `json:"extensions,omitempty"`
}

// KeyParty is the relying party.
type KeyParty struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// KeyUser is whom the credential is for.
type KeyUser struct {
	ID          Base64URL `json:"id"`
	Name        string    `json:"name"`
	DisplayName string    `json:"displayName"`
}

// KeyAlgorithm is a COSE algorithm.
type KeyAlgorithm struct {
	Type string `json:"type" const:"public-key"`
	Alg  int    `json:"alg"`
}

// KeyHandle names a credential.
type KeyHandle struct {
	Type string    `json:"type" const:"public-key"`
	ID   Base64URL `json:"id"`
}

// KeySelection says what the key must be able to do.
type KeySelection struct {
	ResidentKey      string `json:"residentKey" enum:"required,discouraged"`
	Required         bool   `json:"requireResidentKey"`
	UserVerification string `json:"userVerification" enum:"required,preferred,discouraged"`
}

// KeyExtensions is the protection that is asked for (CTAP 2.1, section 12.1).
type KeyExtensions struct {
	Protect string `json:"credentialProtectionPolicy" enum:"userVerificationOptional,userVerificationOptionalWithCredentialIDList,userVerificationRequired"`
}

// protections are credProtect's levels 1 to 3.
var protections = []string{"userVerificationOptional", "userVerificationOptionalWithCredentialIDList", "userVerificationRequired"}

// KeyGet is the form of app.KeyGet.
type KeyGet struct {
	Challenge    Base64URL   `json:"challenge"`
	Timeout      int64       `json:"timeout,omitempty" doc:"milliseconds"`
	RPID         string      `json:"rpId"`
	Allow        []KeyHandle `json:"allowCredentials" nullable:"false"`
	Verification string      `json:"userVerification" enum:"required,preferred,discouraged"`
}

func newUseKey(s app.UseKey) UseKey {
	w := UseKey{TriesLeft: s.TriesLeft}
	if s.Create != nil {
		w.Create, w.Origin = newKeyCreate(*s.Create), s.Create.Origin
		if c := s.Create; len(c.AllowModels)+len(c.DenyModels) > 0 {
			w.Models = &KeyModels{Allow: c.AllowModels, Deny: c.DenyModels}
		}
	}
	if s.Get != nil {
		w.Origin = s.Get.Origin
		w.Get = &KeyGet{
			Challenge: s.Get.Challenge, Timeout: s.Get.Timeout.Milliseconds(), RPID: s.Get.RPID,
			Allow: list(s.Get.Allow, newKeyHandle), Verification: string(s.Get.Verification),
		}
	}
	return w
}

func newKeyCreate(c app.KeyCreate) *KeyCreate {
	w := &KeyCreate{
		RP: KeyParty{ID: c.RPID, Name: c.RPName}, User: KeyUser{ID: c.UserID, Name: c.UserName, DisplayName: c.DisplayName},
		Challenge: c.Challenge, Timeout: c.Timeout.Milliseconds(), ExcludeCredentials: list(c.Exclude, newKeyHandle),
		Algorithms:  list(c.Algorithms, func(alg int) KeyAlgorithm { return KeyAlgorithm{Type: "public-key", Alg: alg} }),
		Selection:   KeySelection{ResidentKey: "discouraged", UserVerification: string(c.Verification)},
		Attestation: "none",
	}
	if c.Discoverable {
		w.Selection.ResidentKey, w.Selection.Required = "required", true
	}
	if c.Attested {
		w.Attestation = "direct"
	}
	if c.Protect >= 1 && c.Protect <= len(protections) {
		w.Extensions = &KeyExtensions{Protect: protections[c.Protect-1]}
	}
	return w
}

func newKeyHandle(id []byte) KeyHandle { return KeyHandle{Type: "public-key", ID: id} }

func (w UseKey) domain() app.UseKey {
	s := app.UseKey{TriesLeft: w.TriesLeft}
	if c := w.Create; c != nil {
		s.Create = &app.KeyCreate{
			Challenge: c.Challenge, RPID: c.RP.ID, RPName: c.RP.Name, Origin: w.Origin,
			UserID: c.User.ID, UserName: c.User.Name, DisplayName: c.User.DisplayName,
			Algorithms: unlist(c.Algorithms, func(a KeyAlgorithm) int { return a.Alg }), Exclude: unlist(c.ExcludeCredentials, KeyHandle.raw),
			Verification: app.Verification(c.Selection.UserVerification), Discoverable: c.Selection.Required,
			Attested: c.Attestation == "direct", Timeout: time.Duration(c.Timeout) * time.Millisecond,
		}
		if w.Models != nil {
			s.Create.AllowModels, s.Create.DenyModels = w.Models.Allow, w.Models.Deny
		}
		if c.Extensions != nil {
			s.Create.Protect = slices.Index(protections, c.Extensions.Protect) + 1
		}
	}
	if g := w.Get; g != nil {
		s.Get = &app.KeyGet{
			Challenge: g.Challenge, RPID: g.RPID, Origin: w.Origin, Allow: unlist(g.Allow, KeyHandle.raw),
			Verification: app.Verification(g.Verification), Timeout: time.Duration(g.Timeout) * time.Millisecond,
		}
	}
	return s
}

func (w KeyHandle) raw() []byte { return w.ID }

// GiveKey is the form of app.GiveKey: the credential in WebAuthn's JSON form.
type GiveKey struct {
	Type       string        `json:"type" const:"give_key"`
	Credential KeyCredential `json:"credential"`
	Name       string        `json:"name,omitempty" maxLength:"256"`
}

// KeyCredential is a RegistrationResponseJSON or an AuthenticationResponseJSON (Level 3, section 5.1).
type KeyCredential struct {
	ID         Base64URL   `json:"id"`
	RawID      Base64URL   `json:"rawId"`
	Type       string      `json:"type" const:"public-key"`
	Attachment string      `json:"authenticatorAttachment,omitempty" enum:"cross-platform,platform"`
	Extensions KeyResults  `json:"clientExtensionResults"`
	Response   KeyResponse `json:"response"`
}

// KeyResults are the results of extensions, of which none is asked for that has one.
type KeyResults struct{}

// KeyResponse is what the key made: with AttestationObject a new credential, otherwise a proof.
type KeyResponse struct {
	ClientDataJSON    Base64URL `json:"clientDataJSON"`
	AttestationObject Base64URL `json:"attestationObject,omitempty"`
	Transports        []string  `json:"transports,omitempty" nullable:"false"`
	AuthenticatorData Base64URL `json:"authenticatorData,omitempty"`
	Signature         Base64URL `json:"signature,omitempty"`
	UserHandle        Base64URL `json:"userHandle,omitempty"`
}

func newGiveKey(in app.GiveKey) GiveKey {
	a := in.Answer
	w := GiveKey{Name: in.Name, Credential: KeyCredential{
		ID: a.CredentialID, RawID: a.CredentialID, Type: "public-key", Attachment: "cross-platform",
		Response: KeyResponse{
			ClientDataJSON: a.ClientDataJSON, AttestationObject: a.AttestationObject,
			AuthenticatorData: a.AuthenticatorData, Signature: a.Signature, UserHandle: a.UserHandle,
		},
	}}
	if a.AttestationObject != nil {
		w.Credential.Response.Transports = []string{"usb"}
	}
	return w
}

func (w GiveKey) domain() app.GiveKey {
	r := w.Credential.Response
	return app.GiveKey{Name: w.Name, Answer: app.KeyAnswer{
		CredentialID: w.Credential.RawID, ClientDataJSON: r.ClientDataJSON, AttestationObject: r.AttestationObject,
		AuthenticatorData: r.AuthenticatorData, Signature: r.Signature, UserHandle: r.UserHandle,
	}}
}
