package client

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Trust is whom a client believes, and the way that it takes. The zero value believes the system's authorities, and takes the
// system's proxy.
type Trust struct {
	Authorities *x509.CertPool // nil: the system's (where it is Linux, also those of SSL_CERT_FILE)
	// Pins are the keys of which the server must show one, in its certificate or in one above it that was verified; none: it
	// need not. A certificate that is bad stays bad, whatever its key.
	Pins []Pin
	// Proxy is the way to a server, as http.Transport has it; nil: as the system says.
	Proxy func(*http.Request) (*url.URL, error)
}

// Pin is the SHA-256 of a public key, as its certificate has it (SubjectPublicKeyInfo in DER: RFC 7469, section 2.4).
type Pin [sha256.Size]byte

// PinOf gives the pin of a certificate's key.
func PinOf(c *x509.Certificate) Pin { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

// String is the pin in base64, as RFC 7469 has it.
func (p Pin) String() string { return base64.StdEncoding.EncodeToString(p[:]) }

// ReadPin reads what String writes.
func ReadPin(text string) (Pin, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != len(Pin{}) {
		return Pin{}, errors.New("not the SHA-256 of a key in base64")
	}
	return Pin(raw), nil
}

// pinning holds what a server shows against the pins.
type pinning struct {
	pins    []Pin
	server  string   // its name
	proxies sync.Map // the names of proxies that are spoken to over TLS themselves
}

// noting gives a way, and notes which proxies it takes.
func (p *pinning) noting(way func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		proxy, err := way(r)
		if proxy != nil && proxy.Scheme == "https" {
			p.proxies.Store(proxy.Hostname(), true)
		}
		return proxy, err
	}
}

// verify is asked after a chain was verified, also where an earlier connection is resumed. A proxy's own certificate has no
// pinned key; the server's, which comes through it, has to have one.
func (p *pinning) verify(c tls.ConnectionState) error {
	_, proxy := p.proxies.Load(c.ServerName)
	if len(p.pins) == 0 || proxy && !strings.EqualFold(c.ServerName, strings.TrimSuffix(p.server, ".")) {
		return nil
	}
	for _, chain := range c.VerifiedChains {
		for _, certificate := range chain {
			if slices.Contains(p.pins, PinOf(certificate)) {
				return nil
			}
		}
	}
	return &trouble{reason: "certificate_pin", cause: errors.New("no certificate has a key that is pinned")}
}
