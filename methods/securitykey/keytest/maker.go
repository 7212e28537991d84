package keytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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

// issue signs a certificate for a new key.
func (m *Maker) issue(template *x509.Certificate) ([]byte, *ecdsa.PrivateKey) {
	private := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	return must(x509.CreateCertificate(rand.Reader, template, m.root, private.Public(), m.private)), private
}

// attest is a packed attestation statement over data.
func (m *Maker) attest(data []byte, aaguid [16]byte) map[string]any {
	template := certificate("Batch", 2)
	template.ExtraExtensions = []pkix.Extension{{
		Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}, Value: must(asn1.Marshal(aaguid[:])),
	}}
	batch, private := m.issue(template)
	return map[string]any{"alg": ES256, "sig": sign(private, data), "x5c": [][]byte{batch}}
}

// Metadata is a signed list (FIDO Metadata Service 3.1, section 3.1.7) with one model of this maker, in this status.
func (m *Maker) Metadata(aaguid [16]byte, status string) []byte {
	id := uuid.UUID(aaguid).String()
	signer, private := m.issue(certificate("mds.fidoalliance.org", 3))
	header := must(json.Marshal(map[string]any{
		"alg": "ES256", "typ": "JWT",
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
	r, s, err := ecdsa.Sign(rand.Reader, private, hash[:])
	must(crypto.SHA256, err)
	signature := slices.Concat(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32)))
	return []byte(signed + "." + base64.RawURLEncoding.EncodeToString(signature))
}
