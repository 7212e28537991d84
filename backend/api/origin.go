package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/sparekey/sparekey/app"
)

// stationHeader carries the workstation's name, as it gives it; that of one that signs is the one that the server knows.
const stationHeader = "Sparekey-Station"

const maxStation = 64 // characters

func (s *server) origin(r *http.Request) app.Origin {
	return app.Origin{Station: printable(r.Header.Get(stationHeader)), Network: s.networkOf(r)}
}

// networkOf is network, once for each request.
func (s *server) networkOf(r *http.Request) string {
	n := noteOf(r.Context())
	if n.network == "" {
		n.network = s.network(r)
	}
	return n.network
}

// printable keeps what can be printed of a name, so that no log line can be forged with it.
func printable(name string) string {
	var b strings.Builder
	n := 0
	for _, c := range name {
		if n == maxStation {
			break
		}
		if unicode.IsPrint(c) && c != unicode.ReplacementChar {
			b.WriteRune(c)
			n++
		}
	}
	return strings.TrimSpace(b.String())
}

// unreadable stands for the address of a request from nobody knows where. No network contains it, so it is nowhere helpful,
// and a throttle counts all such requests as one.
const unreadable = "unreadable"

// inProcess is the other end of a request within the process.
const inProcess = "local"

// network gives the address at the other end of the connection or, where that is a trusted proxy, the last address of
// X-Forwarded-For that is none; unreadable where the proxies don't say it. A request within the process has none and says
// "local".
func (s *server) network(r *http.Request) string {
	if r.RemoteAddr == inProcess {
		return inProcess
	}
	addr, ok := readHop(r.RemoteAddr)
	if !ok {
		return unreadable
	}
	if !s.trusted(addr) {
		return addr.String()
	}
	if addr, ok = s.forwarded(r.Header.Values("X-Forwarded-For")); !ok {
		s.Log.WarnContext(r.Context(), "a trusted proxy forwards X-Forwarded-For without an address of whoever asks", "request", noteOf(r.Context()).id, "proxy", r.RemoteAddr)
		return unreadable
	}
	return addr.String()
}

// forwarded gives the last hop that is no trusted proxy. What cannot be read ends the search: the hops before it are what a
// stranger may have written.
func (s *server) forwarded(lines []string) (netip.Addr, bool) {
	hops := strings.Split(strings.Join(lines, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := readHop(strings.Trim(hops[i], " \t"))
		if !ok {
			return netip.Addr{}, false
		}
		if !s.trusted(hop) {
			return hop, true
		}
	}
	return netip.Addr{}, false
}

// readHop reads an address, with a port or without: 192.0.2.7, 192.0.2.7:80, 2001:db8::7, [2001:db8::7], [2001:db8::7]:80.
func readHop(text string) (netip.Addr, bool) {
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap().WithZone(""), true
	}
	bare := text
	if inner, open := strings.CutPrefix(text, "["); open {
		inner, closed := strings.CutSuffix(inner, "]")
		if !closed || !strings.Contains(inner, ":") {
			return netip.Addr{}, false
		}
		bare = inner
	}
	addr, err := netip.ParseAddr(bare)
	return addr.Unmap().WithZone(""), err == nil
}

func (s *server) trusted(addr netip.Addr) bool {
	return slices.ContainsFunc(s.TrustedProxies, func(p netip.Prefix) bool {
		if p.Addr().Is4In6() { // ::ffff:10.0.0.0/104
			return p.Contains(netip.AddrFrom16(addr.As16()))
		}
		return p.Contains(addr)
	})
}
