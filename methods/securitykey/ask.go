package securitykey

import (
	"encoding/base64"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/methods/kept"
)

const (
	challengeSize = 32 // bytes; WebAuthn Level 3, section 13.4.3, wants 16 at least
	handleSize    = 64 // bytes, the most that there may be (section 5.4.3)
	protectAlways = 3  // credProtect: of no use without user verification (CTAP 2.1, section 12.1)
	longestName   = 40 // characters
)

// begin starts to register. The person's handle is that of their other keys, or drawn: there is nothing personal in it.
func begin(t app.Turn, registered []credential) (app.Result, error) {
	s := newState(t, kept.Enrol)
	if len(registered) > 0 {
		s.Session.UserID = registered[0].Handle
		return s.askNew(t, registered)
	}
	handle, err := draw(t, handleSize)
	if err != nil {
		return app.Result{}, err
	}
	s.Session.UserID = handle
	return s.askNew(t, registered)
}

// askNew asks for a new credential, with a fresh challenge. Where verification is required, keys are asked to use it for
// verified users only; one that can't is taken, since each proof is checked for it.
func (s state) askNew(t app.Turn, registered []credential) (app.Result, error) {
	p := t.Settings.Key
	challenge, err := s.renew(t)
	if err != nil {
		return app.Result{}, err
	}
	create := &app.KeyCreate{
		Challenge: challenge, RPID: p.RPID, RPName: t.Settings.Organisation, Origin: p.Origin,
		UserID: s.Session.UserID, UserName: t.Person.UserID, DisplayName: t.Person.Name,
		Algorithms: p.Algorithms, Exclude: ids(registered), Verification: p.Verification,
		Attested: p.Attestation != app.AttestNone, Timeout: t.Settings.CodeLife,
		AllowModels: p.Allow, DenyModels: p.Deny,
	}
	s.Session.CredParams = nil
	for _, algorithm := range p.Algorithms {
		s.Session.CredParams = append(s.Session.CredParams, protocol.CredentialParameter{
			Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.COSEAlgorithmIdentifier(algorithm),
		})
	}
	s.Session.Extensions = protocol.SessionExtensions{}
	if p.Verification == app.VerifyRequired {
		create.Protect = protectAlways
		s.Session.Extensions = protocol.SessionExtensions{
			Requested:                  []string{protocol.ExtensionCredentialProtectionPolicy},
			CredentialProtectionPolicy: protocol.CredentialProtectionPolicyUserVerificationRequired,
		}
	}
	return kept.Result(s, app.UseKey{Create: create, TriesLeft: t.TriesLeft})
}

// ask asks for proof of one of the credentials, with a fresh challenge.
func (s state) ask(t app.Turn, registered []credential) (app.Result, error) {
	p := t.Settings.Key
	challenge, err := s.renew(t)
	if err != nil {
		return app.Result{}, err
	}
	return kept.Result(s, app.UseKey{TriesLeft: t.TriesLeft, Get: &app.KeyGet{
		Challenge: challenge, RPID: p.RPID, Origin: p.Origin, Allow: ids(registered), Verification: p.Verification,
		Timeout: t.Settings.CodeLife,
	}})
}

// renew draws a challenge in place of the old one.
func (s *state) renew(t app.Turn) ([]byte, error) {
	p := t.Settings.Key
	challenge, err := draw(t, challengeSize)
	if err != nil {
		return nil, err
	}
	s.Since = t.Now
	s.Session = webauthn.SessionData{
		Challenge: base64.RawURLEncoding.EncodeToString(challenge), RelyingPartyID: p.RPID, Origin: p.Origin,
		UserID: s.Session.UserID, UserVerification: protocol.UserVerificationRequirement(p.Verification),
	}
	return challenge, nil
}

func draw(t app.Turn, size int) ([]byte, error) {
	drawn := make([]byte, size)
	if _, err := io.ReadFull(t.Rand, drawn); err != nil {
		return nil, fmt.Errorf("securitykey: draw %d bytes: %w", size, err)
	}
	return drawn, nil
}

func ids(registered []credential) [][]byte {
	var all [][]byte
	for _, c := range registered {
		all = append(all, c.Key.ID)
	}
	return all
}

// nameOf cleans a key's name, and refuses what can't be one.
func nameOf(given string) (string, error) {
	name := typed.Name(given)
	n := utf8.RuneCountInString(name)
	if n < 1 || n > longestName || !utf8.ValidString(given) || !typed.Printable(name) {
		return "", &app.Error{Code: app.CodeKeyName, Field: "name"}
	}
	return name, nil
}
