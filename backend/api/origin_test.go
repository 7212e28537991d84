package api_test

import (
	"bytes"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/api"
	"github.com/sparekey/sparekey/backend/policy"
)

var proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("::ffff:172.16.0.0/108")}

// helpful is the widest policy that trusts no stranger: the proxies' own networks are helpful, as where the organisation's
// people are.
var helpful = policy.Feature{Disclosure: policy.Private, HelpfulNetworks: []string{"10.0.0.0/8", "fd00::/8", "::1/128", "198.51.100.0/24"}}

// proxied is the API behind the proxies.
type proxied struct {
	fake *fake
	h    http.Handler
	log  *bytes.Buffer
}

func behindProxies() proxied {
	f, log := newFake(), &bytes.Buffer{}
	return proxied{f, api.New(api.Config{
		Front: f, Flows: f, Grants: f, TrustedProxies: proxies, Log: slog.New(slog.NewJSONHandler(log, nil)),
	}), log}
}

// network is what the backend takes for the network of a request with these lines of X-Forwarded-For, and the log.
func (p proxied) network(remote string, lines []string) (string, string) {
	p.log.Reset()
	r := httptest.NewRequest("GET", "/v1/organisation", nil)
	r.RemoteAddr = remote
	if lines != nil {
		r.Header["X-Forwarded-For"] = lines
	}
	p.h.ServeHTTP(httptest.NewRecorder(), r)
	return p.fake.lastCaller().Origin.Network, p.log.String()
}

// nearest is the model: the rightmost hop that is no trusted proxy, read with as few ways to write it as there are.
func nearest(lines []string) string {
	hops := strings.Split(strings.Join(lines, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		text := strings.Trim(hops[i], " \t")
		addr, err := netip.ParseAddr(text)
		if with, perr := netip.ParseAddrPort(text); err != nil && perr == nil {
			addr, err = with.Addr(), nil
		}
		if inner, bare := strings.CutPrefix(text, "["); err != nil && bare && strings.HasSuffix(inner, "]") {
			if addr, err = netip.ParseAddr(strings.TrimSuffix(inner, "]")); err == nil && !addr.Is6() {
				return "unreadable"
			}
		}
		if err != nil {
			return "unreadable"
		}
		addr = addr.Unmap().WithZone("")
		trusted := false
		for _, p := range proxies {
			trusted = trusted || p.Contains(addr) || addr.Is4() && p.Addr().Is4In6() && p.Contains(netip.AddrFrom16(addr.As16()))
		}
		if !trusted {
			return addr.String()
		}
	}
	return "unreadable"
}

// checkNetwork holds the threat "an unreadable header makes a stranger one of the house" away: whatever a proxy forwards, the
// network is the rightmost untrusted hop's address, or the one that lies in no network.
func checkNetwork(t *testing.T, p proxied, lines []string) {
	t.Helper()
	got, log := p.network("10.1.1.1:80", lines)
	want := nearest(lines)
	if got != want {
		t.Errorf("%q: got %q, want %q", lines, got, want)
	}
	if got == "unreadable" && !strings.Contains(log, "X-Forwarded-For") {
		t.Errorf("%q: the log says nothing: %s", lines, log)
	}
	if trusted := helpful.HelpfulTo(app.Origin{Network: got}); trusted && !strings.HasPrefix(got, "198.51.100.") {
		t.Errorf("%q: a stranger at %q is one of the house", lines, got)
	}
	if got == "" || got == "local" {
		t.Errorf("%q: the throttle has no key: %q", lines, got)
	}
}

func TestAnUnreadableForwardedAddressIsNobodysNetwork(t *testing.T) {
	p := behindProxies()
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{nil, "unreadable"}, {[]string{""}, "unreadable"}, {[]string{"unknown"}, "unreadable"}, {[]string{"local"}, "unreadable"},
		{[]string{"203.0.113.9:4711"}, "203.0.113.9"}, {[]string{"[2001:db8::7]:443"}, "2001:db8::7"},
		{[]string{"[2001:db8::7]"}, "2001:db8::7"}, {[]string{"203.0.113.9, 10.2.2.2:80"}, "203.0.113.9"},
		{[]string{"203.0.113.9", "10.2.2.2"}, "203.0.113.9"}, {[]string{"203.0.113.9, <script>"}, "unreadable"},
		{[]string{"203.0.113.9, "}, "unreadable"}, {[]string{"10.2.2.2"}, "unreadable"}, {[]string{"10.2.2.2, 10.3.3.3"}, "unreadable"},
		{[]string{`"203.0.113.9"`}, "unreadable"}, {[]string{"for=203.0.113.9"}, "unreadable"}, {[]string{"_hidden"}, "unreadable"},
		{[]string{"203.0.113.9:port"}, "unreadable"}, {[]string{"203.0.113.9:99999"}, "unreadable"}, {[]string{"010.2.2.2"}, "unreadable"},
		{[]string{"fe80::1%eth0"}, "fe80::1"}, {[]string{"203.0.113.9, fd00::1%eth0"}, "203.0.113.9"},
		{[]string{"::ffff:10.2.2.2"}, "unreadable"}, {[]string{"203.0.113.9, ::ffff:10.2.2.2"}, "203.0.113.9"}, {[]string{"203.0.113.9, 172.16.0.1, ::ffff:172.17.0.1"}, "203.0.113.9"},
	} {
		if got, _ := p.network("10.1.1.1:80", c.lines); got != c.want {
			t.Errorf("%q: got %q, want %q", c.lines, got, c.want)
		}
		checkNetwork(t, p, c.lines)
	}
	luck := rand.New(rand.NewPCG(1, 1))
	pieces := []string{
		"10.2.2.2", "172.16.0.1", "203.0.113.9", "198.51.100.7", "2001:db8::7", "fd00::2", "::1", "local", "unknown", "", " ", ",", ", ", ":", ":80", "[", "]",
		"%eth0", "::ffff:", `"`, "for=", "\t", "0", "/8", "\x00", "\xff", ";",
	}
	for range 3000 {
		var lines []string
		for range luck.IntN(3) {
			var line strings.Builder
			for range luck.IntN(7) {
				line.WriteString(pieces[luck.IntN(len(pieces))])
			}
			lines = append(lines, line.String())
		}
		checkNetwork(t, p, lines)
	}
}

func FuzzForwarded(f *testing.F) {
	f.Add("203.0.113.9, 10.2.2.2:80", "[2001:db8::7]:443")
	f.Add("unknown", ", ")
	p := behindProxies()
	f.Fuzz(func(t *testing.T, first, second string) { checkNetwork(t, p, []string{first, second}) })
}

// TestWhoIsNoProxyForwardsNothing: the other end of the connection counts, in one way of writing it.
func TestWhoIsNoProxyForwardsNothing(t *testing.T) {
	p := behindProxies()
	for remote, want := range map[string]string{
		"192.0.2.7:1234": "192.0.2.7", "[::ffff:192.0.2.7]:1": "192.0.2.7", "[fe80::1%eth0]:1": "fe80::1", "local": "local",
		"@": "unreadable", "": "unreadable", "/run/socket": "unreadable",
	} {
		for _, lines := range [][]string{nil, {"203.0.113.9"}, {"10.2.2.2"}, {"local"}} {
			if got, _ := p.network(remote, lines); got != want {
				t.Errorf("%q forwards %q: got %q, want %q", remote, lines, got, want)
			}
		}
	}
}

// TestForwardedIsNotRead: RFC 7239's header says nothing here, quoted or not, beside the other or alone.
func TestForwardedIsNotRead(t *testing.T) {
	for _, value := range []string{`for="10.2.2.2"`, `for=10.2.2.2;by=10.1.1.1`, `for="[fd00::2]:80"`} {
		p := behindProxies()
		r := httptest.NewRequest("GET", "/v1/organisation", nil)
		r.RemoteAddr = "10.1.1.1:80"
		r.Header.Set("Forwarded", value)
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		p.h.ServeHTTP(httptest.NewRecorder(), r)
		if got := p.fake.lastCaller().Origin.Network; got != "203.0.113.9" {
			t.Errorf("%s: got %q", value, got)
		}
	}
}
