package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// authority signs certificates of servers.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Harbour CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().AddDate(-5, 0, 0), NotAfter: time.Now().AddDate(5, 0, 0),
	}
	a.key, a.cert = a.sign(template, nil)
	return a
}

// sign makes a certificate with a key of its own; signed by itself where there is no parent.
func (a *authority) sign(template, parent *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	signer := a.key
	if parent == nil {
		parent, signer = template, key
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return key, cert
}

// serve starts a server with a certificate for 127.0.0.1 that a test may change.
func (a *authority) serve(h http.Handler, change func(*x509.Certificate), configs ...func(*tls.Config)) (*httptest.Server, *x509.Certificate) {
	a.t.Helper()
	template := &x509.Certificate{
		DNSNames: []string{"reset.example.org"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: time.Now().AddDate(0, 0, -30), NotAfter: time.Now().AddDate(0, 0, 30),
	}
	if change != nil {
		change(template)
	}
	key, cert := a.sign(template, a.cert)
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that are to fail
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}
	for _, configure := range configs {
		configure(s.TLS)
	}
	s.StartTLS()
	a.t.Cleanup(s.Close)
	return s, cert
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

// direct keeps the environment's proxy out of a test.
func direct(t Trust) Trust {
	if t.Proxy == nil {
		t.Proxy = http.ProxyURL(nil)
	}
	return t
}

// paramsOf are an error's, when it is offline.
func paramsOf(t *testing.T, what string, err error) map[string]string {
	t.Helper()
	var e *app.Error
	if !errors.As(err, &e) || e.Code != app.CodeOffline {
		t.Fatalf("%s: %v", what, err)
	}
	return e.Params
}

// Threat: something stands between a person and the server. Whatever is wrong with its certificate, it is the end.
func TestEachBadCertificateIsAHardStopInWords(t *testing.T) {
	a := newAuthority(t)
	day := func(n int) string { return time.Now().AddDate(0, 0, n).UTC().Format(time.DateOnly) }
	for name, c := range map[string]struct {
		change func(*x509.Certificate)
		trust  Trust
		want   map[string]string
	}{
		"unknown": {nil, Trust{}, map[string]string{"reason": "certificate_unknown"}},
		"expired": {func(c *x509.Certificate) { c.NotAfter = time.Now().AddDate(0, 0, -2) }, Trust{Authorities: a.pool()},
			map[string]string{"reason": "certificate_expired", "date": day(-2), "today": day(0)}},
		"not yet valid": {func(c *x509.Certificate) { c.NotBefore = time.Now().AddDate(0, 0, 2) }, Trust{Authorities: a.pool()},
			map[string]string{"reason": "certificate_early", "date": day(2), "today": day(0)}},
		"another name": {func(c *x509.Certificate) { c.IPAddresses = nil }, Trust{Authorities: a.pool()},
			map[string]string{"reason": "certificate_name", "name": "reset.example.org"}},
		"for no server": {func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }, Trust{Authorities: a.pool()},
			map[string]string{"reason": "certificate"}},
		"another key":             {nil, Trust{Authorities: a.pool(), Pins: []Pin{{1}, {2}}}, map[string]string{"reason": "certificate_pin"}},
		"the pinned key, unknown": {nil, Trust{Pins: []Pin{PinOf(a.cert)}}, map[string]string{"reason": "certificate_unknown"}},
	} {
		asked := 0
		s, _ := a.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked++; newServer().ServeHTTP(w, r) }), c.change)
		got := paramsOf(t, name, organisation(&Client{Base: s.URL, Trust: direct(c.trust)}))
		c.want["server"] = strings.TrimPrefix(s.URL, "https://")
		for key, value := range c.want {
			if got[key] != value {
				t.Errorf("%s: %v, want %v", name, got, c.want)
				break
			}
		}
		if asked > 0 {
			t.Errorf("%s: something was sent", name)
		}
	}
}

func TestPins(t *testing.T) {
	a := newAuthority(t)
	s, cert := a.serve(newServer(), nil)
	for name, pins := range map[string][]Pin{
		"none": nil, "the server's": {PinOf(cert)}, "the authority's": {PinOf(a.cert)}, "a spare and the server's": {{1}, PinOf(cert)},
	} {
		if err := organisation(&Client{Base: s.URL, Trust: direct(Trust{Authorities: a.pool(), Pins: pins})}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// RFC 7469, appendix A: what openssl prints is the hash of the SubjectPublicKeyInfo.
	spki, err := x509.MarshalPKIXPublicKey(cert.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(spki)
	if got := PinOf(cert).String(); got != base64.StdEncoding.EncodeToString(sum[:]) {
		t.Errorf("the pin is %s", got)
	}
	if got, err := ReadPin(PinOf(cert).String()); err != nil || got != PinOf(cert) {
		t.Errorf("read back: %v, %v", got, err)
	}
	for _, bad := range []string{"", "abc", PinOf(cert).String() + "=", "sha256/" + PinOf(cert).String(), strings.Repeat("A", 44), strings.Repeat("A", 40) + "AB=="} {
		if _, err := ReadPin(bad); err == nil {
			t.Errorf("%q was taken for a pin", bad)
		}
	}
}

// TestAPinHoldsForAResumedConnection: where a session is resumed no certificate is sent.
func TestAPinHoldsForAResumedConnection(t *testing.T) {
	a := newAuthority(t)
	s, cert := a.serve(newServer(), nil)
	cache := tls.NewLRUClientSessionCache(4)
	through := func(pins ...Pin) error {
		transport := direct(Trust{Authorities: a.pool(), Pins: pins}).Transport("127.0.0.1")
		transport.TLSClientConfig.ClientSessionCache, transport.DisableKeepAlives = cache, true
		return organisation(&Client{Base: s.URL, Transport: transport})
	}
	if err := errors.Join(through(PinOf(cert)), through(PinOf(cert))); err != nil {
		t.Fatal(err)
	}
	if got := paramsOf(t, "resumed", through(Pin{1})); got["reason"] != "certificate_pin" {
		t.Errorf("%v", got)
	}
}

func TestWhatAnswersAndIsNoServerOfOurs(t *testing.T) {
	a := newAuthority(t)
	trust := direct(Trust{Authorities: a.pool()})
	plain := httptest.NewServer(newServer())
	defer plain.Close()
	wantOffline(t, "plain HTTP", organisation(&Client{Base: strings.Replace(plain.URL, "http:", "https:", 1), Trust: trust}), "answer")

	old, _ := a.serve(newServer(), nil, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 })
	wantOffline(t, "old TLS", organisation(&Client{Base: old.URL, Trust: trust}), "handshake")

	key, cert := a.sign(&x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().AddDate(0, 0, 1)}, a.cert)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go answerAll(l, "220 mail.example ESMTP\r\n")
	wantOffline(t, "another protocol", organisation(&Client{Base: "https://" + l.Addr().String(), Trust: trust}), "answer")
}

// answerAll says the same to everybody.
func answerAll(l net.Listener, words string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, words)
		}()
	}
}

func TestEachTroubleOfTheNetworkHasItsReason(t *testing.T) {
	for _, row := range []struct {
		reason string
		cause  error
	}{
		{"resolve", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "a.example", IsNotFound: true}}},
		{"no_network", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", Name: "a.example", IsTemporary: true}}},
		{"refused", &net.OpError{Op: "dial", Err: errRefused}},
		{"no_network", &net.OpError{Op: "dial", Err: errNoNetwork}},
		{"no_network", &net.OpError{Op: "dial", Err: errNoRoute}},
		{"timeout", &net.OpError{Op: "dial", Err: errSystemTimed}},
		{"unreachable", io.ErrUnexpectedEOF},
	} {
		reason, cause := row.reason, row.cause
		c := &Client{Base: "https://a.example", Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, cause })}
		err := organisation(c)
		wantOffline(t, reason, err, reason)
		if got := paramsOf(t, reason, err); got["server"] != "a.example" {
			t.Errorf("%s: about %q", reason, got["server"])
		}
	}
	// A caller who goes away while a name is looked up did not find that it leads nowhere.
	ctx, cancel := context.WithCancel(t.Context())
	c := &Client{Base: "https://a.example", Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		cancel()
		return nil, &net.DNSError{Err: "operation was canceled"}
	})}
	_, err := c.Organisation(ctx)
	wantOffline(t, "cancelled", err, "cancelled")
}

// TestAServerThatComesBackIsFoundAgain over real TLS, at the address where it was, by the same client and with the same key.
func TestAServerThatComesBackIsFoundAgain(t *testing.T) {
	a := newAuthority(t)
	counting := newServer()
	first, _ := a.serve(counting, nil)
	c := &Client{Base: first.URL, Trust: direct(Trust{Authorities: a.pool()})}
	if err := organisation(c); err != nil {
		t.Fatal(err)
	}
	address := first.Listener.Addr().String()
	first.Close()
	start := app.Start{Purpose: app.PurposeReset, Key: goodKey}
	for range 2 {
		_, err := c.Start(t.Context(), start)
		wantOffline(t, "away", err, "refused")
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	key, cert := a.sign(&x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().AddDate(0, 0, 1)}, a.cert)
	second := &http.Server{Handler: counting, TLSConfig: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}}}}
	defer second.Close()
	go func() { _ = second.ServeTLS(l, "", "") }()
	if _, err := c.Start(t.Context(), start); err != nil {
		t.Fatalf("back again: %v", err)
	}
	if got := counting.asked(); len(got) != 2 || !strings.HasSuffix(got[1], string(goodKey)) {
		t.Errorf("asked %q", got)
	}
}
