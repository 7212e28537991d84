package setup

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
)

// office issues certificates.
type office struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	made int64
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t}
	o.cert, o.key = o.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Office"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-96 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	})
	return o
}

func (o *office) sign(c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	o.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	by, with := o.cert, o.key
	if by == nil {
		by, with = c, key
	}
	o.made++
	c.SerialNumber = big.NewInt(o.made)
	der, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), with)
	if err != nil {
		o.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		o.t.Fatal(err)
	}
	return made, key
}

// issue writes a certificate for a name, good until then, and its key, into a folder.
func (o *office) issue(dir, name string, until time.Time) {
	o.t.Helper()
	made, key := o.sign(&x509.Certificate{DNSNames: []string{name}, NotBefore: time.Now().Add(-72 * time.Hour), NotAfter: until})
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		o.t.Fatal(err)
	}
	write(o.t, filepath.Join(dir, "cert.pem"), inPEM("CERTIFICATE", made.Raw))
	write(o.t, filepath.Join(dir, "key.pem"), inPEM("PRIVATE KEY", raw))
}

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// TestACertificateThatChangesUnderPeople: while a server works, its certificate is renewed, runs out, is for another name, and is of
// an authority that nobody trusts. A program that connects is told which of these it is and sends nothing;
// the server says of itself what it can see; and once the certificate is good again, the conversation that had begun goes on.
func TestACertificateThatChangesUnderPeople(t *testing.T) {
	address := freePort(t)
	_, port, _ := strings.Cut(address, ":")
	base := "https://localhost:" + port
	h := emptyHouse(t, strings.NewReplacer(`"https://reset.example.org"`, `"`+base+`"`, "127.0.0.1:0\"\ncertificate", address+"\"\ncertificate").Replace(goodServer))
	ours, theirs := newOffice(t), newOffice(t)
	soon := time.Now().Add(time.Hour)
	ours.issue(h.dir, "localhost", soon)
	clock := &movedClock{}
	h.clock = clock
	h.start(quickHasher())
	trust := client.Trust{Authorities: x509.NewCertPool(), Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}
	trust.Authorities.AddCert(ours.cert)
	c := &client.Client{Base: base, Trust: trust}
	flow, err := c.Start(t.Context(), app.Start{Purpose: app.PurposeReset, Key: key()})
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []struct {
		what   string
		issue  func()
		reason string // that a program is told; empty: it connects
		ready  int    // what the administrators' listener answers
	}{
		{"renewed", func() { ours.issue(h.dir, "localhost", soon) }, "", http.StatusOK},
		{"over", func() { ours.issue(h.dir, "localhost", time.Now().Add(-48*time.Hour)) }, "certificate_expired", http.StatusServiceUnavailable},
		{"for another name", func() { ours.issue(h.dir, "reset.example.org", soon) }, "certificate_name", http.StatusServiceUnavailable},
		{"of somebody else", func() { theirs.issue(h.dir, "localhost", soon) }, "certificate_unknown", http.StatusOK},
		{"good again", func() { ours.issue(h.dir, "localhost", soon) }, "", http.StatusOK},
	} {
		change.issue()
		_, err := (&client.Client{Base: base, Trust: trust}).Organisation(t.Context())
		var told *app.Error
		switch {
		case change.reason == "" && err != nil:
			t.Errorf("%s: %v", change.what, err)
		case change.reason != "" && (!errors.As(err, &told) || told.Code != app.CodeOffline || told.Params["reason"] != change.reason):
			t.Errorf("%s: %v, want %s", change.what, err, change.reason)
		}
		clock.ahead.Add(int64(5 * time.Second)) // what was found is not asked again at once
		reply, err := http.Get("http://" + h.admin + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		if _ = reply.Body.Close(); reply.StatusCode != change.ready {
			t.Errorf("%s: the server says of itself %d, want %d", change.what, reply.StatusCode, change.ready)
		}
	}
	if now, err := c.Submit(t.Context(), flow.ID, flow.Rev, key(), app.GiveUserID{UserID: "ana.reyes@harbour.example"}); err != nil || now.Rev <= flow.Rev {
		t.Errorf("the conversation goes on at %d after %d: %v", now.Rev, flow.Rev, err)
	}
	h.end()
}
