package listen_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sparekey/sparekey/backend/listen"
)

// clock is one that a test sets.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

var silent = slog.New(slog.DiscardHandler)

// authority issues certificates, and is what a client trusts.
type authority struct {
	t    *testing.T
	leaf *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.leaf, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue gives a certificate for a host with a serial number, and its key, both in PEM.
func (a *authority) issue(host string, serial int64, from, until time.Time) (chain, key []byte) {
	a.t.Helper()
	own := newKey(a.t)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(serial), DNSNames: []string{host}, NotBefore: from, NotAfter: until,
	}, a.leaf, own.Public(), a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

// good is issue for a certificate that holds now.
func (a *authority) good(serial int64) (chain, key []byte) {
	return a.issue("reset.example.org", serial, time.Now().Add(-time.Minute), time.Now().Add(time.Hour))
}

// client trusts the authority, and finds the host at an address.
func (a *authority) client(address string) *http.Client {
	trusted := x509.NewCertPool()
	trusted.AddCert(a.leaf)
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: "reset.example.org"}, ForceAttemptHTTP2: true,
		DialContext: dialer(address),
	}
	a.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func put(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// folder has a certificate and its key.
func (a *authority) folder(serial int64) (dir string) {
	a.t.Helper()
	dir = a.t.TempDir()
	a.fill(dir, serial)
	return dir
}

func (a *authority) fill(dir string, serial int64) {
	a.t.Helper()
	chain, key := a.good(serial)
	chain, key = padded(chain), padded(key)
	put(a.t, filepath.Join(dir, "cert.pem"), chain)
	put(a.t, filepath.Join(dir, "key.pem"), key)
}

// padded gives every file one size, by lines that nobody reads (RFC 7468, section 2).
func padded(text []byte) []byte {
	return append(text, bytes.Repeat([]byte("\n"), 2048-len(text))...)
}

func open(t *testing.T, dir string) *listen.Files {
	t.Helper()
	c, err := listen.OpenFiles(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), silent)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// served is a server at work.
type served struct {
	*listen.Server
	address string
	ended   chan error
}

// serve serves on a loopback address until the test ends.
func serve(t *testing.T, c listen.Config) *served {
	t.Helper()
	if c.Health == nil {
		c.Health = &listen.Health{Clock: &clock{now: time.Now()}}
	}
	c.Log = silent
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &served{Server: listen.New(l, c), address: l.Addr().String(), ended: make(chan error, 1)}
	go func() { s.ended <- s.Serve() }()
	t.Cleanup(func() { _ = l.Close() })
	return s
}

// hello answers everything.
var hello = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("hello")) })
