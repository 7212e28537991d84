package securitykey

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/go-webauthn/webauthn/metadata"
	"github.com/go-webauthn/webauthn/metadata/providers/memory"
	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/sparekey/sparekey/app"
)

// publisher is whom the certificate that signs the list must name: its root signs other people's, too.
const publisher = "mds.fidoalliance.org"

// Metadata is what the FIDO Alliance publishes of the models that there are: how each proves itself, and what is known
// against it.
type Metadata struct{ models map[uuid.UUID]*metadata.Entry }

// FIDORoot is the certificate that the list's signature leads to.
func FIDORoot() (*x509.Certificate, error) { return certificate(metadata.ProductionMDSRoot) }

// ReadMetadata reads the list as it is published: a JWT (FIDO Metadata Service 3.1, section 3.1.7; RFC 7515), signed by a
// certificate that leads to root at now. A model whose entry can't be read is none that is known.
func ReadMetadata(list []byte, root *x509.Certificate, now time.Time) (*Metadata, error) {
	payload, err := verified(bytes.TrimSpace(list), root, now)
	if err != nil {
		return nil, app.NewProblem("", "metadata", "cause", err)
	}
	var all struct {
		Entries []json.RawMessage `json:"entries"`
	}
	if err := json.Unmarshal(payload, &all); err != nil {
		return nil, app.NewProblem("", "metadata", "cause", err)
	}
	m := &Metadata{models: map[uuid.UUID]*metadata.Entry{}}
	for _, raw := range all.Entries {
		var form metadata.EntryJSON
		if json.Unmarshal(raw, &form) != nil {
			continue
		}
		if entry, err := form.Parse(); err == nil && entry.AaGUID != uuid.Nil {
			m.models[entry.AaGUID] = &entry
		}
	}
	if len(m.models) == 0 {
		return nil, app.NewProblem("", "metadata_empty")
	}
	return m, nil
}

// verified gives a JWT's payload.
func verified(list []byte, root *x509.Certificate, now time.Time) ([]byte, error) {
	parts := bytes.Split(list, []byte("."))
	if len(parts) != 3 {
		return nil, errors.New("it is no JWT")
	}
	raw := make([][]byte, len(parts))
	for i, part := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.DecodeString(string(part)); err != nil {
			return nil, err
		}
	}
	var header struct {
		Algorithm string   `json:"alg"`
		Chain     []string `json:"x5c"`
	}
	if err := json.Unmarshal(raw[0], &header); err != nil {
		return nil, err
	}
	signer, err := signerOf(header.Chain, root, now)
	if err != nil {
		return nil, err
	}
	return raw[1], check(header.Algorithm, signer, list[:len(parts[0])+1+len(parts[1])], raw[2])
}

// signerOf is the first certificate of a chain that leads to root.
func signerOf(chain []string, root *x509.Certificate, now time.Time) (*x509.Certificate, error) {
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	var signer *x509.Certificate
	for i, encoded := range chain {
		c, err := certificate(encoded)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			signer = c
		} else {
			between.AddCert(c)
		}
	}
	if signer == nil {
		return nil, errors.New("it names no certificate")
	}
	if signer.Subject.CommonName != publisher && signer.VerifyHostname(publisher) != nil {
		return nil, fmt.Errorf("it is signed by %q", signer.Subject.CommonName)
	}
	_, err := signer.Verify(x509.VerifyOptions{
		Roots: roots, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return signer, err
}

func certificate(encoded string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// check checks a signature (RFC 7518, sections 3.3 and 3.4).
func check(algorithm string, signer *x509.Certificate, signed, signature []byte) error {
	if algorithm == "RS256" {
		return signer.CheckSignature(x509.SHA256WithRSA, signed, signature)
	}
	key, is := signer.PublicKey.(*ecdsa.PublicKey)
	if algorithm != "ES256" || !is || len(signature) != 64 {
		return fmt.Errorf("it is signed by %q", algorithm)
	}
	hash := sha256.Sum256(signed)
	if !ecdsa.Verify(key, hash[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return errors.New("its signature is not right")
	}
	return nil
}

// provider is how go-webauthn asks; strict refuses models that are not known.
func (m *Metadata) provider(strict bool) (metadata.Provider, error) {
	return memory.New(memory.WithMetadata(m.models), memory.WithValidateEntry(strict), memory.WithValidateAAGUID(true),
		memory.WithValidateStatusCertificateScope(true))
}

// attests reports whether a new credential tells its model as the policy wants it.
func (m *Metadata) attests(grade app.Attestation, made *webauthn.Credential) bool {
	silent := made.AttestationFormat == string(protocol.AttestationFormatNone)
	switch {
	case grade == app.AttestNone, grade == app.AttestIndirect && (silent || m == nil):
		return true
	case silent || m == nil:
		return false
	}
	provider, err := m.provider(grade == app.AttestDirect)
	if err != nil {
		return false
	}
	again := *made
	return again.Verify(provider, protocol.AttestationPolicy{}, protocol.SignaturePolicy{}) == nil
}

// vouches reports whether a credential proved its model once, and the list says nothing against that model now.
func (m *Metadata) vouches(made *webauthn.Credential) bool {
	if m == nil || made.AttestationFormat == string(protocol.AttestationFormatNone) {
		return false
	}
	model, err := uuid.FromBytes(made.Authenticator.AAGUID)
	if err != nil {
		return false
	}
	provider, err := m.provider(true)
	if err != nil {
		return false
	}
	return protocol.ValidateMetadata(context.Background(), provider, model, made.AttestationType, made.AttestationFormat, nil) == nil
}
