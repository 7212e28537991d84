package listen

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
)

// Authority is who issues certificates, and what it wants to know.
type Authority struct {
	Directory string // its address (RFC 8555, section 7.1.1)
	Contact   string // a mail address, or empty
	Folder    string // where account, key and certificate are kept, for the server's account alone
	Trust     string // file of the roots by which the authority itself is known; empty: the system's
	Host      string // whom it is issued for; nobody else
}

// Issued is a certificate that an authority issues, and renews in time, without anybody's doing (RFC 8555). The server proves that
// the host is its own where it is connected to: by TLS-ALPN-01 (RFC 8737), for which port 443 of the host has to lead to it.
type Issued struct {
	host    string
	log     *slog.Logger
	manager *autocert.Manager

	mu   sync.Mutex
	leaf *x509.Certificate
}

// maxRoots is the largest file of roots that is read, in bytes.
const maxRoots = 4 << 20

// authorityTime bounds a request to the authority.
const authorityTime = 30 * time.Second

// NewIssued makes one, which is obtained later. The error is an app.Problem with the key "trust".
func NewIssued(a Authority) (*Issued, error) {
	client := &acme.Client{DirectoryURL: a.Directory, UserAgent: "sparekey", HTTPClient: &http.Client{Timeout: authorityTime}}
	if a.Trust != "" {
		roots, err := readRoots(a.Trust)
		if err != nil {
			return nil, err
		}
		client.HTTPClient.Transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		}
	}
	return &Issued{host: a.Host, log: slog.New(slog.DiscardHandler), manager: &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(a.Folder), HostPolicy: autocert.HostWhitelist(a.Host), Client: client, Email: a.Contact,
	}}, nil
}

func readRoots(path string) (*x509.CertPool, error) {
	data, err := files.Read(path, maxRoots)
	if err != nil {
		p := app.ProblemOf(err)
		p.Key = "trust"
		return nil, p
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(data) {
		return nil, app.NewProblem("trust", "no_roots", "file", path)
	}
	return roots, nil
}

// get implements Certificate.
func (i *Issued) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	c, err := i.manager.GetCertificate(hello)
	if err == nil && c.Leaf != nil && len(c.Leaf.DNSNames) > 0 && !isChallenge(hello) {
		i.note(c.Leaf)
	}
	return c, err
}

// isChallenge reports whether it is the authority who looks.
func isChallenge(hello *tls.ClientHelloInfo) bool {
	return len(hello.SupportedProtos) == 1 && hello.SupportedProtos[0] == acme.ALPNProto
}

func (i *Issued) note(leaf *x509.Certificate) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.leaf == nil || !i.leaf.Equal(leaf) {
		i.log.Info("the authority has issued a certificate", "until", leaf.NotAfter)
	}
	i.leaf = leaf
}

// Obtain gets the certificate before anybody asks for it. The server has to be at work.
func (i *Issued) Obtain() {
	_, err := i.get(&tls.ClientHelloInfo{
		ServerName: i.host, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
		SupportedCurves: []tls.CurveID{tls.CurveP256}, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
	})
	if err != nil {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.log.Error("the authority has issued no certificate; the next connection asks again", "error", err)
	}
}

// protocols implements Certificate.
func (i *Issued) protocols() []string { return []string{"h2", "http/1.1", acme.ALPNProto} }

// LogTo implements Certificate.
func (i *Issued) LogTo(log *slog.Logger) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.log = log
}

// Leaf implements Certificate.
func (i *Issued) Leaf() *x509.Certificate {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.leaf
}

var errNotIssued = errors.New("the authority has issued no certificate yet")

// Check implements Certificate.
func (i *Issued) Check(host string, now time.Time) error { return check(i.Leaf(), host, now) }
