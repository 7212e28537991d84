package securitykey

import (
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/sparekey/sparekey/app"
)

// person is go-webauthn's view of a person.
type person struct {
	handle []byte
	keys   []webauthn.Credential
}

func (p person) WebAuthnID() []byte                         { return p.handle }
func (person) WebAuthnName() string                         { return "" }
func (person) WebAuthnDisplayName() string                  { return "" }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.keys }

// party is the organisation, as keys know it.
func party(s app.MethodSettings) (*webauthn.WebAuthn, error) {
	return webauthn.New(&webauthn.Config{RPID: s.Key.RPID, RPDisplayName: s.Organisation, RPOrigins: []string{s.Key.Origin}})
}

// readNew reads what a key made; what can't be read costs no try.
func readNew(a app.KeyAnswer) (*protocol.ParsedCredentialCreationData, error) {
	form, err := a.WebAuthn()
	if err != nil {
		return nil, app.Errorf(app.CodeKeyFailed, "securitykey: %w", err)
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes(form)
	if err != nil {
		return nil, app.Errorf(app.CodeKeyFailed, "securitykey: %w", err)
	}
	return answer, nil
}

// read is readNew for a proof.
func read(a app.KeyAnswer) (*protocol.ParsedCredentialAssertionData, error) {
	form, err := a.WebAuthn()
	if err != nil {
		return nil, app.Errorf(app.CodeKeyFailed, "securitykey: %w", err)
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes(form)
	if err != nil {
		return nil, app.Errorf(app.CodeKeyFailed, "securitykey: %w", err)
	}
	return answer, nil
}

// late reports whether the challenge is too old, or of a time to come: the clock was put back. An instant that is none belongs to
// no challenge.
func (s state) late(t app.Turn) bool {
	return t.Now.Sub(s.Since) > t.Settings.CodeLife || t.Now.Before(s.Since)
}

// judgeNew verifies a new credential, or says why it is not taken.
func (m Method) judgeNew(t app.Turn, s state, answer *protocol.ParsedCredentialCreationData) (*webauthn.Credential, app.Code) {
	if s.late(t) {
		return nil, app.CodeKeyLate
	}
	rp, err := party(t.Settings)
	if err != nil {
		return nil, app.CodeKeyAnswer
	}
	made, err := rp.CreateCredential(person{handle: s.Session.UserID}, s.Session, answer)
	if err != nil {
		return nil, app.CodeKeyAnswer
	}
	p := t.Settings.Key
	switch {
	case p.RefuseBackups && made.Flags.BackupEligible,
		!allows(p, made.Authenticator.AAGUID),
		less(made.Extensions.CredProtect, s.Session.Extensions.CredentialProtectionPolicy),
		!m.Metadata.attests(p.Attestation, made):
		return nil, app.CodeKeyNotAllowed
	}
	return made, ""
}

// less reports whether a key says that it protects a credential less than it was asked to.
func less(said, asked protocol.CredentialProtectionPolicy) bool {
	is, known := said.Value()
	should, _ := asked.Value()
	return known && is < should
}

// judge verifies a proof of c, and gives c as it is from then on, or says why it proves nothing. A counter that does not
// rise tells of a copied key (WebAuthn Level 3, section 6.1.1): it is given too, with its CloneWarning.
func judge(t app.Turn, s state, c credential, answer *protocol.ParsedCredentialAssertionData) (*webauthn.Credential, app.Code) {
	if s.late(t) && s.Session.Challenge != "" {
		return nil, app.CodeKeyLate
	}
	rp, err := party(t.Settings)
	if err != nil {
		return nil, app.CodeKeyAnswer
	}
	s.Session.UserID = c.Handle
	proven, err := rp.ValidateLogin(person{c.Handle, []webauthn.Credential{c.Key}}, s.Session, answer)
	if err != nil {
		return nil, app.CodeKeyAnswer
	}
	if proven.Authenticator.CloneWarning {
		return proven, app.CodeKeyAnswer
	}
	return proven, ""
}
