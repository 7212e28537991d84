package listen_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/listen"
)

// dialer connects to an address, whatever the name.
func dialer(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}
}

// serialAt is the serial number of the certificate that a new connection gets.
func (a *authority) serialAt(address string) int64 {
	a.t.Helper()
	trusted := x509.NewCertPool()
	trusted.AddCert(a.leaf)
	c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, ServerName: "reset.example.org"})
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func TestACertificateIsRenewedHoweverItsFilesAreReplaced(t *testing.T) {
	a := newAuthority(t)
	for name, renew := range map[string]func(dir string){
		"written over": func(dir string) { a.fill(dir, 2) },
		"renamed": func(dir string) {
			next := a.folder(2)
			for _, name := range []string{"cert.pem", "key.pem"} {
				before, err := os.Stat(filepath.Join(dir, name))
				if err == nil { // as a copy that keeps times
					err = os.Chtimes(filepath.Join(next, name), before.ModTime(), before.ModTime())
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := os.Rename(filepath.Join(next, name), filepath.Join(dir, name)); err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		dir := a.folder(1)
		s := serve(t, listen.Config{Handler: hello, Certificate: open(t, dir)})
		if n := a.serialAt(s.address); n != 1 {
			t.Fatalf("%s: begins with certificate %d", name, n)
		}
		renew(dir)
		if n := a.serialAt(s.address); n != 2 {
			t.Errorf("%s: certificate %d is served", name, n)
		}
	}
}

// TestACertificateIsRenewedByALinkOfItsFolder as Kubernetes and others do it: the files stay links, and what they lead over
// changes.
func TestACertificateIsRenewedByALinkOfItsFolder(t *testing.T) {
	a := newAuthority(t)
	root, one, two := t.TempDir(), a.folder(1), a.folder(2)
	for from, to := range map[string]string{"..data": one, "cert.pem": "..data/cert.pem", "key.pem": "..data/key.pem", "..next": two} {
		if err := os.Symlink(to, filepath.Join(root, from)); err != nil {
			t.Skip(err)
		}
	}
	s := serve(t, listen.Config{Handler: hello, Certificate: open(t, root)})
	before := a.serialAt(s.address)
	if err := os.Rename(filepath.Join(root, "..next"), filepath.Join(root, "..data")); err != nil {
		t.Fatal(err)
	}
	if after := a.serialAt(s.address); before != 1 || after != 2 {
		t.Errorf("certificate %d, then %d", before, after)
	}
}

// TestHalfARenewalChangesNothing: between the certificate and its key, and while one of them is spoilt or gone, the former is
// served.
func TestHalfARenewalChangesNothing(t *testing.T) {
	a := newAuthority(t)
	dir := a.folder(1)
	var log strings.Builder
	certificate := open(t, dir)
	certificate.LogTo(slog.New(slog.NewTextHandler(&log, nil)))
	s := serve(t, listen.Config{Handler: hello, Certificate: certificate})
	chain, key := a.good(2)
	for name, spoil := range map[string]func(){
		"the certificate alone": func() { put(t, filepath.Join(dir, "cert.pem"), chain) },
		"a torn one":            func() { put(t, filepath.Join(dir, "cert.pem"), chain[:len(chain)/2]) },
		"none":                  func() { _ = os.Remove(filepath.Join(dir, "cert.pem")) },
	} {
		spoil()
		log.Reset()
		for range 3 {
			if n := a.serialAt(s.address); n != 1 {
				t.Errorf("%s: certificate %d is served", name, n)
			}
		}
		if n := strings.Count(log.String(), "\n"); n != 1 {
			t.Errorf("%s: the log says so in %d lines:\n%s", name, n, log.String())
		}
	}
	put(t, filepath.Join(dir, "cert.pem"), chain)
	put(t, filepath.Join(dir, "key.pem"), key)
	if n := a.serialAt(s.address); n != 2 {
		t.Errorf("once both are there, certificate %d is served", n)
	}
}

// TestAClientRefusesACertificateThatIsNotGood: over, for another name, or of nobody it trusts. Check says the first two before.
func TestAClientRefusesACertificateThatIsNotGood(t *testing.T) {
	a, stranger := newAuthority(t), newAuthority(t)
	now := time.Now()
	var expired x509.CertificateInvalidError
	var name x509.HostnameError
	var unknown x509.UnknownAuthorityError
	for what, c := range map[string]struct {
		by          *authority
		host        string
		from, until time.Time
		refusal     any
		problem     string
	}{
		"over":       {a, "reset.example.org", now.Add(-time.Hour), now.Add(-time.Minute), &expired, "certificate_over"},
		"early":      {a, "reset.example.org", now.Add(time.Minute), now.Add(time.Hour), &expired, "certificate_early"},
		"other name": {a, "www.example.org", now.Add(-time.Hour), now.Add(time.Hour), &name, "certificate_host"},
		"strangers'": {stranger, "reset.example.org", now.Add(-time.Hour), now.Add(time.Hour), &unknown, ""},
	} {
		dir := t.TempDir()
		chain, key := c.by.issue(c.host, 1, c.from, c.until)
		put(t, filepath.Join(dir, "cert.pem"), chain)
		put(t, filepath.Join(dir, "key.pem"), key)
		certificate := open(t, dir)
		s := serve(t, listen.Config{Handler: hello, Certificate: certificate})
		_, err := a.client(s.address).Get("https://reset.example.org/")
		if err == nil || !errors.As(err, c.refusal) {
			t.Errorf("%s: the client says %v", what, err)
		}
		code := ""
		if err := certificate.Check("reset.example.org", now); err != nil {
			code = app.ProblemOf(err).Code
		}
		if code != c.problem {
			t.Errorf("%s: Check says %q, want %q", what, code, c.problem)
		}
	}
}

func TestOnlyTLSThatIsSoundIsSpoken(t *testing.T) {
	a := newAuthority(t)
	s := serve(t, listen.Config{Handler: hello, Certificate: open(t, a.folder(1))})
	for name, c := range map[string]struct {
		config *tls.Config
		taken  bool
	}{
		"1.3":                    {&tls.Config{MinVersion: tls.VersionTLS13}, true},
		"1.2":                    {&tls.Config{MaxVersion: tls.VersionTLS12}, true},
		"1.2 with CBC":           {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}}, false},
		"1.2 without secrecy":    {&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}}, false},
		"1.1":                    {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		"1.0, the oldest of all": {&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, false},
	} {
		c.config.InsecureSkipVerify = true // what is asked is the protocol alone
		conn, err := tls.Dial("tcp", s.address, c.config)
		if (err == nil) != c.taken {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
	reply, err := a.client(s.address).Get("https://reset.example.org/")
	if err != nil || reply.ProtoMajor != 2 {
		t.Fatalf("got %v, %v, want HTTP/2", reply, err)
	}
	_ = reply.Body.Close()
	if clear, err := http.Get("http://" + s.address + "/"); err != nil || clear.StatusCode != http.StatusBadRequest {
		t.Errorf("in clear: %v, %v", clear, err)
	}
}

func TestEveryReplyTellsABrowserToBeCautious(t *testing.T) {
	a := newAuthority(t)
	s := serve(t, listen.Config{Handler: hello, Certificate: open(t, a.folder(1))})
	for _, path := range []string{"/", "/healthz", "/readyz", "/debug/pprof/", "/metrics"} {
		reply, err := a.client(s.address).Get("https://reset.example.org" + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = reply.Body.Close()
		for name, want := range map[string]string{
			"Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := reply.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
	}
}
