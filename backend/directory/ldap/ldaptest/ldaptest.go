// Package ldaptest starts real directory servers for tests, from Debian's packages: Samba as an Active Directory domain
// controller, OpenLDAP's slapd. Each has a folder and a certificate of its own, and ends with the test.
package ldaptest

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Server is a directory server at work.
type Server struct {
	URL       string // as a client names it
	Tools     string // the same, as tools beside it do
	Base      string
	Admin     string // the DN, or name, of its administrator
	Password  string // of the administrator
	Roots     *x509.CertPool
	RootsFile string // the same, in PEM
	Dir       string
	PID       int
	// Dial reaches it, wherever its network is; In gives a command that runs beside it.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	In   func(name string, args ...string) *exec.Cmd
}

// Bind gives a connection that is bound as a name, an administrator's where it is empty.
func (s *Server) Bind(t testing.TB, name, password string) *ldap.Conn {
	t.Helper()
	conn, err := s.dialTLS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if name == "" {
		name, password = s.Admin, s.Password
	}
	if err := conn.Bind(name, password); err != nil {
		t.Fatalf("bind as %s: %v", name, err)
	}
	return conn
}

// Binds reports how a bind ends.
func (s *Server) Binds(t testing.TB, name, password string) error {
	t.Helper()
	conn, err := s.dialTLS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	return conn.Bind(name, password)
}

// Command runs a tool beside the server and gives what it said.
func (s *Server) Command(t testing.TB, stdin string, name string, args ...string) string {
	t.Helper()
	cmd := s.In(name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Need skips the test where a program of a server is missing.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("there is no %s here", p)
		}
	}
}

// authority signs the certificates of the servers.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

var newAuthority = sync.OnceValues(func() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Directories under test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(61 * 24 * time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(raw)
	return &authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})}, err
})

// certify writes cert.pem, key.pem and ca.pem into a folder, for the names.
func certify(t testing.TB, dir string, names ...string) *x509.CertPool {
	t.Helper()
	ca, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(60 * 24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, ca.cert, &key.PublicKey, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"ca.pem": ca.pem, "cert.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}),
		"key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca.pem)
	return roots
}

// launch starts a server, which the end of the test ends, and waits until it answers.
func (s *Server) launch(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.PID = cmd.Process.Pid
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(5 * time.Second): // a server that doesn't end is killed
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		conn, err := s.dialTLS(ctx)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the server ended: %v\n%s", err, said.String())
		case <-ctx.Done():
			t.Fatalf("the server does not answer: %v\n%s", err, said.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// freePort gives a port that nobody listens at.
func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Apply carries out LDIF as an administrator.
func (s *Server) Apply(t testing.TB, ldif string) {
	t.Helper()
	cmd := s.In("ldapmodify", "-x", "-c", "-H", s.Tools, "-D", s.Admin, "-w", s.Password)
	cmd.Env = append(os.Environ(), "LDAPTLS_CACERT="+s.RootsFile)
	cmd.Stdin = strings.NewReader(ldif)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ldapmodify: %v\n%s\n%s", err, out, ldif)
	}
}

func (s *Server) String() string { return fmt.Sprintf("%s (%d)", s.URL, s.PID) }
