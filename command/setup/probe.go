package setup

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client"
)

const maxDescription = 4 << 20 // bytes

// Answer is what is learnt by asking a server once.
type Answer struct {
	Organisation app.Organisation
	Version      string            // of the server's program; empty where it doesn't say
	Ahead        time.Duration     // of the server's clock before this computer's
	Timed        bool              // whether the server told the time
	Certificate  *x509.Certificate // nil without TLS
}

// Pin is that of the server's key, as managed settings have it; empty without TLS.
func (a Answer) Pin() string {
	if a.Certificate == nil {
		return ""
	}
	return client.PinOf(a.Certificate).String()
}

// Probe asks a server as the settings have the window ask it: for the organisation, and for the version. An error is an
// *app.Error, or one of words.
func (f InForce) Probe(ctx context.Context, server string) (Answer, error) {
	trust, err := f.trust()
	if err != nil {
		return Answer{}, err
	}
	return Probe(ctx, server, trust)
}

// Probe asks a server, and believes whom trust says.
func Probe(ctx context.Context, server string, trust client.Trust) (Answer, error) {
	u, err := url.Parse(server)
	if err != nil {
		return Answer{}, err
	}
	transport := trust.Transport(u.Hostname())
	defer transport.CloseIdleConnections()
	noting := &notingTransport{RoundTripper: transport}
	org, err := (&client.Client{Base: server, Transport: noting, Trust: trust, Station: Station()}).Organisation(ctx)
	if err != nil {
		return Answer{}, err
	}
	noting.mu.Lock()
	defer noting.mu.Unlock()
	noting.got.Organisation, noting.got.Version = org, describedBy(ctx, server, transport).Info.Version
	return noting.got, nil
}

// notingTransport notes what an answer tells beside its body.
type notingTransport struct {
	http.RoundTripper
	mu  sync.Mutex
	got Answer
}

// RoundTrip implements http.RoundTripper.
func (o *notingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	a, err := o.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if date, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		middle := began.Add(time.Since(began) / 2)
		o.got.Timed, o.got.Ahead = true, date.Add(time.Second/2).Sub(middle) // Date has whole seconds
	}
	if a.TLS != nil && len(a.TLS.PeerCertificates) > 0 {
		o.got.Certificate = a.TLS.PeerCertificates[0]
	}
	return a, nil
}
