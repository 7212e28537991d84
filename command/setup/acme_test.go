//go:build linux

package setup

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// freePort is an address of the loopback network at which nobody listens.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// run runs a program until the test ends, and waits until it listens.
func run(t *testing.T, listens string, name string, args ...string) {
	t.Helper()
	c := exec.Command(name, args...)
	c.Env = append(c.Environ(), "PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0")
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		t.Skipf("%s is not there: %v", name, err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
	})
	for began := time.Now(); ; runtime.Gosched() {
		conn, err := net.Dial("tcp", listens)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%s does not start", name)
		}
	}
}

// authority is a real ACME server, which looks for every name on this computer.
type authority struct{ address, management, trust string }

func startAuthority(t *testing.T, looksAt string) authority {
	t.Helper()
	dir := t.TempDir()
	certify(t, dir, "localhost", time.Now().Add(time.Hour))
	a := authority{address: freePort(t), management: freePort(t), trust: filepath.Join(dir, "cert.pem")}
	_, looksAtPort, _ := net.SplitHostPort(looksAt)
	names := freePort(t)
	run(t, names, "pebble-challtestsrv", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", names, "-management", freePort(t), "-http01", "", "-https01", "", "-tlsalpn01", "")
	write(t, filepath.Join(dir, "config"), fmt.Sprintf(`{"pebble":{"listenAddress":%q,"managementListenAddress":%q,"certificate":%q,"privateKey":%q,"httpPort":1,"tlsPort":%s}}`,
		a.address, a.management, a.trust, filepath.Join(dir, "key.pem"), looksAtPort))
	run(t, a.address, "pebble", "-config", filepath.Join(dir, "config"), "-dnsserver", names)
	return a
}

// roots are those of what the authority issues.
func (a authority) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	own, err := os.ReadFile(a.trust)
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(own)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, ServerName: "localhost"}}}
	defer c.CloseIdleConnections()
	reply, err := c.Get("https://" + a.management + "/roots/0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reply.Body.Close() }()
	root, _ := io.ReadAll(reply.Body)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(root) {
		t.Fatalf("no root in %s", root)
	}
	return roots
}

// TestARealAuthorityIssuesTheCertificate by itself, once; after a restart the same one is served.
func TestARealAuthorityIssuesTheCertificate(t *testing.T) {
	at := freePort(t)
	a := startAuthority(t, at)
	_, port, _ := net.SplitHostPort(a.address)
	settings := strings.NewReplacer(
		"certificate = \"cert.pem\"\nkey = \"key.pem\"\n", fmt.Sprintf("[acme]\ndirectory = \"https://localhost:%s/dir\"\nagree_terms = true\ntrust = %q\n", port, a.trust),
		"[listen]\naddress = \"127.0.0.1:0\"", fmt.Sprintf("[listen]\naddress = %q", at),
	).Replace(goodServer)
	h := emptyHouse(t, settings)
	h.start(quickHasher())
	h.trusted = a.roots(t)
	serial := func() string {
		for began := time.Now(); ; runtime.Gosched() { // until it was issued
			d := tls.Dialer{Config: &tls.Config{RootCAs: h.trusted, ServerName: "reset.example.org"}}
			conn, err := d.DialContext(context.Background(), "tcp", h.public)
			if err == nil {
				defer func() { _ = conn.Close() }()
				return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.String()
			}
			if time.Since(began) > 30*time.Second {
				t.Fatalf("no certificate: %v", err)
			}
		}
	}
	first := serial()
	if code, body := h.get("https://reset.example.org/readyz"); code != http.StatusOK || !strings.Contains(body, `{"name":"certificate","state":"up"}`) {
		t.Errorf("readyz: %d %s", code, body)
	}
	for _, name := range []string{"www.example.org", ""} { // nobody else's
		conn, err := tls.Dial("tcp", h.public, &tls.Config{InsecureSkipVerify: true, ServerName: name})
		if err == nil {
			_ = conn.Close()
			t.Errorf("a certificate for %q", name)
		}
	}
	h.end()
	if info, err := os.Stat(filepath.Join(h.dir, "acme")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the key lies in a folder of mode %v, %v", info, err)
	}
	h.start(quickHasher())
	if again := serial(); again != first {
		t.Errorf("certificate %s, after a restart %s", first, again)
	}
	h.end()
}

func TestAnAuthorityNeedsItsSettings(t *testing.T) {
	_, path := serverFolder(t, goodServer+"[acme]\ndirectory = \"http://authority\"\ncontact = \"nobody\"\n")
	_, err := Plan(path, nil)
	for _, want := range []string{":19: acme.directory: must be an https:// address", ":19: acme.directory: can't be given beside listen.certificate", ": acme.agree_terms: must be true", ":20: acme.contact: must be a mail address"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("there is no %s in %v", want, err)
		}
	}
	_, path = serverFolder(t, strings.Replace(goodServer, "certificate = \"cert.pem\"\nkey = \"key.pem\"\n", "", 1)+"[acme]\ndirectory = \"https://authority\"\nagree_terms = true\ntrust = \"policy.toml\"\n")
	if _, err = Plan(path, nil); err == nil || !strings.Contains(err.Error(), ":19: acme.trust: ") {
		t.Errorf("roots that are none: %v", err)
	}
}
