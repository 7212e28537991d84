package limit

import (
	"net/netip"
	"time"

	"github.com/sparekey/sparekey/app"
)

// NetworkUse is something that people do from a network, with its rates: that of one address, and that of all together. An
// organisation's people may share one address; a prober may not go on for long. The zero value takes nothing.
type NetworkUse struct {
	name string
	of   app.Purpose // whose total it counts in, where each purpose has one
	rate Rate
	all  Rate
}

// What one network address, and all of them, may do. The totals are what a large organisation's people need on a Monday
// morning; they hold for strangers from many networks at once.
var (
	NetworkStart  = NetworkUse{name: "start", rate: Rate{Every: time.Second, Burst: 120}, all: Rate{Every: time.Second / 50, Burst: 3000}}
	NetworkSignIn = NetworkUse{name: "sign_in", rate: Rate{Every: 2 * time.Second, Burst: 60}, all: Rate{Every: time.Second / 50, Burst: 3000}}
	NetworkUserID = NetworkUse{name: "user_id", rate: Rate{Every: 2 * time.Second, Burst: 60}, all: Rate{Every: time.Second / 10, Burst: 600}}
	NetworkWork   = NetworkUse{name: "work", rate: Rate{Every: 2 * time.Second, Burst: 60}, all: Rate{Every: time.Second / 10, Burst: 600}}
	NetworkRenew  = NetworkUse{name: "renew", rate: Rate{Every: time.Second / 20, Burst: 400}, all: Rate{Every: time.Second / 200, Burst: 6000}}
	NetworkEnrol  = NetworkUse{name: "enrol_station", rate: Rate{Every: time.Minute, Burst: 10}, all: Rate{Every: 6 * time.Second, Burst: 100}}
	// NetworkReport is that a station reports how it is.
	NetworkReport = NetworkUse{name: "report", rate: Rate{Every: time.Minute, Burst: 10}, all: Rate{Every: time.Second / 200, Burst: 6000}}
	// NetworkToken is that a token for scripts is none, or good no more.
	NetworkToken = NetworkUse{name: "token", rate: Rate{Every: time.Minute, Burst: 10}, all: Rate{Every: 6 * time.Second, Burst: 100}}
	// NetworkObjection is that a link of a notice stands for nothing.
	NetworkObjection = NetworkUse{name: "objection", rate: Rate{Every: 2 * time.Second, Burst: 60}, all: Rate{Every: time.Second / 10, Burst: 600}}
	NetworkHelp      = NetworkUse{name: "help", rate: Rate{Every: time.Minute, Burst: 10}, all: Rate{Every: 6 * time.Second, Burst: 100}}
	// NetworkRefusal is that strangers' inputs are refused: who goes on for long is not let in.
	NetworkRefusal = NetworkUse{name: "refusal", rate: Rate{Every: time.Second / 2, Burst: 240}, all: Rate{Every: time.Second / 50, Burst: 3000}}
)

// Of is the use for a purpose, which has a total of its own: a flood of resets stops nobody from signing in.
func (u NetworkUse) Of(purpose app.Purpose) NetworkUse {
	u.of = purpose
	return u
}

// NetworkRate is one of the rates that a use is held against, and what it is counted by.
type NetworkRate struct {
	Counter Counter
	Subject string
	Rate    Rate
}

// Rates are all that a use from an address takes from. Who is in the organisation's own network takes nothing from the
// total, and so is not kept out by strangers who use it up.
func (u NetworkUse) Rates(address string, own bool) []NetworkRate {
	var rates []NetworkRate
	for i, network := range Networks(address) {
		rates = append(rates, NetworkRate{Counter{"network." + u.name}, network, u.rate.times(share(i))})
	}
	if !own {
		rates = append(rates, NetworkRate{Counter{"networks." + u.name}, string(u.of), u.all})
	}
	return rates
}

// PerNetwork are the windows of n events in 24 hours that something from an address is counted in, by what it counts under.
func PerNetwork(address string, n int) map[string]SlidingWindow {
	windows := map[string]SlidingWindow{}
	for i, network := range Networks(address) {
		windows[network] = PerDay(n * share(i))
	}
	return windows
}

// site is how many times an address's share a whole site has, which may be many subnets.
const site = 4

// share is how many times an address's share the nth of its networks has.
func share(nth int) int {
	if nth > 0 {
		return site
	}
	return 1
}

// Who holds one IPv6 address holds its whole /64 (RFC 4291, section 2.5.1), and a site gets a /48 (RFC 6177).
const (
	subnetBits = 64
	siteBits   = 48
)

// translated are IPv4 addresses behind a translator (RFC 6052, section 2.1).
var translated = netip.MustParsePrefix("64:ff9b::/96")

// Networks are what an address counts under, the narrowest first: an IPv4 address, also one that is mapped or translated
// into IPv6, by itself; an IPv6 address by its subnet and its site. What is no address counts by itself.
func Networks(address string) []string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return []string{address}
	}
	addr = addr.Unmap().WithZone("")
	if translated.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	if addr.Is4() {
		return []string{addr.String()}
	}
	subnet, _ := addr.Prefix(subnetBits) // can't fail: IPv6 has so many bits
	whole, _ := addr.Prefix(siteBits)
	return []string{subnet.String(), whole.String()}
}
