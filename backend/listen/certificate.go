package listen

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
)

// maxPEM is the largest certificate chain or key that is read, in bytes.
const maxPEM = 256 << 10

// Certificate is where the certificate comes from that is served.
type Certificate interface {
	// Leaf is the one that is served; nil while there is none.
	Leaf() *x509.Certificate
	// Check says why a client would refuse it for a host at now; nil for no reason that can be seen from here: who issued it is
	// for clients to judge.
	Check(host string, now time.Time) error
	// LogTo has log told of renewals from now on.
	LogTo(log *slog.Logger)

	get(*tls.ClientHelloInfo) (*tls.Certificate, error) // as tls.Config.GetCertificate
	protocols() []string                                // by ALPN (RFC 7301), those that are preferred first
}

var (
	_ Certificate = (*Files)(nil)
	_ Certificate = (*Issued)(nil)
)

// Files are a certificate with its key, from two files that somebody renews: before a handshake the files are looked at,
// links followed, and read anew where one is another than before. So it does not matter how they are replaced: written over,
// renamed, or by a link of their folder. Until both fit each other, what was read last is served.
type Files struct {
	chain, key string // files
	log        *slog.Logger

	mu     sync.Mutex
	now    *tls.Certificate
	looked [2]stamp // at the files, when they were read last, or tried
}

// stamp tells a file from the one that was there before.
type stamp struct {
	info fs.FileInfo
	gone bool
}

func stampOf(path string) stamp {
	info, err := os.Stat(path)
	return stamp{info: info, gone: err != nil}
}

func (s stamp) same(other stamp) bool {
	if s.gone || other.gone {
		return s.gone == other.gone
	}
	return os.SameFile(s.info, other.info) && s.info.ModTime().Equal(other.info.ModTime()) && s.info.Size() == other.info.Size()
}

// OpenFiles reads a chain and its key, both in PEM. The error is an app.Problem, with the key "certificate" or "key", or
// several joined.
func OpenFiles(chain, key string, log *slog.Logger) (*Files, error) {
	c := &Files{chain: chain, key: key, log: log}
	c.looked = c.stamps()
	var err error
	c.now, err = readPair(chain, key)
	return c, err
}

func (c *Files) stamps() [2]stamp { return [2]stamp{stampOf(c.chain), stampOf(c.key)} }

func readPair(chain, key string) (*tls.Certificate, error) {
	chainPEM, err1 := readPEM("certificate", chain)
	keyPEM, err2 := readPEM("key", key)
	defer clear(keyPEM)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chainPEM, keyPEM)
	if err != nil {
		return nil, app.NewProblem("certificate", "certificate_pair", "cause", err)
	}
	return &pair, nil
}

func readPEM(setting, path string) ([]byte, error) {
	data, err := files.Read(path, maxPEM)
	if err == nil {
		return data, nil
	}
	p := app.ProblemOf(err)
	p.Key = setting
	return nil, p
}

// protocols implements Certificate.
func (c *Files) protocols() []string { return []string{"h2", "http/1.1"} }

// get implements Certificate.
func (c *Files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refresh()
	return c.now, nil
}

// refresh reads the files where they changed.
func (c *Files) refresh() {
	seen := c.stamps() // before they are read: what changes meanwhile is looked at the next time
	if seen[0].same(c.looked[0]) && seen[1].same(c.looked[1]) {
		return
	}
	c.looked = seen
	next, err := readPair(c.chain, c.key)
	if err != nil {
		c.log.Warn("the certificate's files changed and can't be used; the former one is served", "error", err)
		return
	}
	c.now = next
	c.log.Info("the certificate was renewed", "until", next.Leaf.NotAfter)
}

// LogTo implements Certificate.
func (c *Files) LogTo(log *slog.Logger) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = log
}

// Leaf implements Certificate.
func (c *Files) Leaf() *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now.Leaf
}

// Check implements Certificate. The error is an app.Problem.
func (c *Files) Check(host string, now time.Time) error { return check(c.Leaf(), host, now) }

func check(leaf *x509.Certificate, host string, now time.Time) error {
	switch {
	case leaf == nil:
		return errNotIssued
	case now.After(leaf.NotAfter):
		return app.NewProblem("certificate", "certificate_over", "until", leaf.NotAfter.UTC().Format(time.DateTime))
	case now.Before(leaf.NotBefore):
		return app.NewProblem("certificate", "certificate_early", "from", leaf.NotBefore.UTC().Format(time.DateTime))
	case leaf.VerifyHostname(host) != nil:
		return app.NewProblem("certificate", "certificate_host", "host", host)
	}
	return nil
}
