package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// chooseRoute gives the base URL and the transport, after it made sure that no secret goes over a plain network.
func (c *Client) chooseRoute() (string, http.RoundTripper, error) {
	if local, ok := c.Transport.(*inProcess); ok {
		return "http://in-process", local, nil
	}
	u, err := url.Parse(strings.TrimSuffix(c.Base, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", nil, &trouble{"address", nil, errors.New("not the address of a server")}
	}
	plain := u.Scheme == "http" && loopback(u.Hostname()) && c.Token.Empty() // nobody vouches for who listens there
	if u.Scheme != "https" && !plain {
		return "", nil, &trouble{"address", nil, errors.New("not https")}
	}
	if c.Transport != nil {
		return u.String(), c.Transport, nil
	}
	c.tls.Do(func() { c.secure = c.Trust.Transport(u.Hostname()) })
	return u.String(), c.secure, nil
}

// host names the server; empty where there is no address of one.
func (c *Client) host() string {
	u, err := url.Parse(c.Base)
	if err != nil {
		return ""
	}
	return u.Host
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// Transport carries requests over TLS 1.2 or better to the server of this name, if it is trusted. How long a reply may take is
// the call's to say.
func (t Trust) Transport(server string) *http.Transport {
	pins := &pinning{pins: t.Pins, server: server}
	return &http.Transport{
		Proxy:                  pins.noting(t.way()),
		OnProxyConnectResponse: readProxy,
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: t.Authorities, VerifyConnection: pins.verify},
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           4,
		ForceAttemptHTTP2:      true,
	}
}

// way is the proxy to take.
func (t Trust) way() func(*http.Request) (*url.URL, error) {
	if t.Proxy != nil {
		return t.Proxy
	}
	return systemProxy()
}

// readProxy says why a proxy doesn't lead on.
func readProxy(_ context.Context, proxy *url.URL, _ *http.Request, got *http.Response) error {
	values := map[string]string{"proxy": proxy.Host, "status": strconv.Itoa(got.StatusCode)}
	switch got.StatusCode {
	case http.StatusOK:
		return nil
	case http.StatusProxyAuthRequired:
		return &trouble{"proxy_password", values, errors.New("the proxy asks for a password")}
	}
	return &trouble{"proxy_refused", values, fmt.Errorf("the proxy answers %d", got.StatusCode)}
}

// headerSafe drops what can't stand in a header field (RFC 9110, section 5.5).
func headerSafe(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name))
}

// Rest closes the connections that nothing goes over, with the buffers in which they have what was sent last.
func (c *Client) Rest() {
	if _, transport, err := c.chooseRoute(); err == nil {
		if kept, is := transport.(interface{ CloseIdleConnections() }); is {
			kept.CloseIdleConnections()
		}
	}
}
