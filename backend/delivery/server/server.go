// Package server is where a provider of messages listens, as the settings name it.
package server

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
)

// ErrAddress says that a text names no server.
var ErrAddress = errors.New("it is no address of a server")

// Scheme is what stands before the colon of an address, and what that means.
type Scheme struct {
	Port  string // where the address names none
	Clear bool   // without TLS: on this computer alone
}

// Server is where one listens.
type Server struct {
	Scheme     string
	Host, Port string
}

// String is HOST:PORT.
func (s Server) String() string { return net.JoinHostPort(s.Host, s.Port) }

// Parse reads SCHEME://HOST[:PORT], and nothing besides, by the schemes that there are. Its error is ErrAddress.
func Parse(address string, schemes map[string]Scheme) (Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return Server{}, ErrAddress
	}
	scheme, known := schemes[u.Scheme]
	if !known || scheme.Clear && !IsHere(u.Hostname()) {
		return Server{}, ErrAddress
	}
	found := Server{Scheme: u.Scheme, Host: u.Hostname(), Port: u.Port()}
	if found.Port == "" {
		found.Port = scheme.Port
	}
	if n, err := strconv.ParseUint(found.Port, 10, 16); err != nil || n == 0 {
		return Server{}, ErrAddress
	}
	return found, nil
}

// IsHere reports whether a host is this computer.
func IsHere(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
