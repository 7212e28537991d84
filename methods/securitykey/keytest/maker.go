package keytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Maker makes keys: it vouches for their model by a certificate for each batch (WebAuthn Level 3, section 8.2.1). It can
// sign metadata about them, too, as the FIDO Alliance does.
type Maker struct {
	Root    []byte // certificate, DER
	RSA     bool   // sign lists by RS256
	private *ecdsa.PrivateKey
	root    *x509.Certificate
}

// NewMaker gives one with a root of its own.
func NewMaker() *Maker {
	m := &Maker{private: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
	template := certificate("Harbour Root", 1)
	template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
	m.Root = must(x509.CreateCertificate(rand.Reader, template, template, m.private.Public(), m.private))
	m.root = must(x509.ParseCertificate(m.Root))
	return m
}

func certificate(name string, serial int64) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial), NotBefore: time.Unix(1577836800, 0), NotAfter: time.Unix(4102444800, 0),
		Subject: pkix.Name{
			Country: []string{"SE"}, Organization: []string{"Harbour"}, OrganizationalUnit: []string{"Authenticator Attestation"},
			CommonName: name,
		},
		BasicConstraintsValid: true,
	}
}

// certify signs a certificate.
func (m *Maker) certify(template *x509.Certificate, public any) []byte {
	return must(x509.CreateCertificate(rand.Reader, template, m.root, public, m.private))
}

// attest is a packed attestation statement over data.
func (m *Maker) attest(data []byte, aaguid [16]byte) map[string]any {
	template := certificate("Batch", 2)
	template.ExtraExtensions = []pkix.Extension{{
		Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}, Value: must(asn1.Marshal(aaguid[:])),
	}}
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	batch := m.certify(template, private.Public())
	return map[string]any{"alg": ES256, "sig": sign(private, data), "x5c": [][]byte{batch}}
}

// Metadata is a signed list (FIDO Metadata Service 3.1, section 3.1.7) with one model of this maker, in this status.
func (m *Maker) Metadata(aaguid [16]byte, status string) []byte {
	return m.list("mds.fidoalliance.org", aaguid, status)
}

// SignedBy is such a list that somebody else signed, under the same root.
func (m *Maker) SignedBy(name string, aaguid [16]byte) []byte {
	return m.list(name, aaguid, "FIDO_CERTIFIED")
}

func (m *Maker) list(by string, aaguid [16]byte, status string) []byte {
	id := uuid.UUID(aaguid).String()
	signer, sign := m.signer(by)
	header := must(json.Marshal(map[string]any{
		"alg": map[bool]string{false: "ES256", true: "RS256"}[m.RSA], "typ": "JWT",
		"x5c": []string{base64.StdEncoding.EncodeToString(signer), base64.StdEncoding.EncodeToString(m.Root)},
	}))
	payload := must(json.Marshal(map[string]any{
		"legalHeader": "sample", "no": 7, "nextUpdate": "2030-01-01",
		"entries": []any{map[string]any{
			"aaguid": id, "timeOfLastStatusChange": "2026-01-01",
			"statusReports": []any{map[string]any{"status": status, "effectiveDate": "2026-01-01"}},
			"metadataStatement": map[string]any{
				"aaguid": id, "description": "Sample Key", "protocolFamily": "fido2", "schema": 3,
				"attestationTypes":            []string{"basic_full"},
				"attestationRootCertificates": []string{base64.StdEncoding.EncodeToString(m.Root)},
				"authenticatorGetInfo":        map[string]any{"versions": []string{"FIDO_2_1"}, "aaguid": id},
			},
		}},
	}))
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	hash := sha256.Sum256([]byte(signed))
	return []byte(signed + "." + base64.RawURLEncoding.EncodeToString(sign(hash[:])))
}

// signer is a certificate for a name, and how it signs a hash (RFC 7518, sections 3.3 and 3.4).
func (m *Maker) signer(name string) (certified []byte, sign func(hash []byte) []byte) {
	if m.RSA {
		private := must(rsa.GenerateKey(rand.Reader, 2048))
		return m.certify(certificate(name, 3), private.Public()), func(hash []byte) []byte {
			return must(private.Sign(rand.Reader, hash, crypto.SHA256))
		}
	}
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return m.certify(certificate(name, 3), private.Public()), func(hash []byte) []byte {
		r, s, err := ecdsa.Sign(rand.Reader, private, hash)
		return slices.Concat(must(r, err).FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32)))
	}
}
