package client

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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
		return "", nil, &trouble{"address", errors.New("not the address of a server")}
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return "", nil, &trouble{"address", errors.New("not https")}
	}
	if c.Transport != nil {
		return u.String(), c.Transport, nil
	}
	c.tls.Do(func() { c.secure = secureTransport() })
	return u.String(), c.secure, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// secureTransport trusts the system's roots and nobody else. How long a reply may take is the call's to say.
func secureTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConns:        4,
		ForceAttemptHTTP2:   true,
	}
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
