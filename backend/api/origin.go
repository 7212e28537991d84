package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"unicode"

	"github.com/sparekey/sparekey/app"
)

// stationHeader carries the workstation's name, as it gives it.
const stationHeader = "Sparekey-Station"

const maxStation = 64 // characters

func (s *server) origin(r *http.Request) app.Origin {
	return app.Origin{Station: printable(r.Header.Get(stationHeader)), Network: s.network(r)}
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

// network gives the address at the other end of the connection or, where that is a trusted proxy, the last address of
// X-Forwarded-For that is none. A request within the process has none and says "local".
func (s *server) network(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if addr = addr.Unmap().WithZone(""); !s.trusted(addr) {
		return addr.String()
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap().WithZone("")
		if !s.trusted(addr) {
			break
		}
	}
	return addr.String()
}

func (s *server) trusted(addr netip.Addr) bool {
	for _, p := range s.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
