package limit

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

// Threat: who holds an IPv6 prefix has as many budgets as addresses.
func TestNetworks(t *testing.T) {
	for address, want := range map[string][]string{
		"192.0.2.7": {"192.0.2.7"}, "::ffff:192.0.2.7": {"192.0.2.7"}, "::ffff:c000:207": {"192.0.2.7"}, "64:ff9b::192.0.2.7": {"192.0.2.7"},
		"2001:db8:1:2:3:4:5:6": {"2001:db8:1:2::/64", "2001:db8:1::/48"}, "2001:db8:1:2::%eth0": {"2001:db8:1:2::/64", "2001:db8:1::/48"},
		"64:ff9b:1::1": {"64:ff9b:1::/64", "64:ff9b:1::/48"}, "not an address": {"not an address"}, "": {""},
	} {
		if got := Networks(address); !slices.Equal(got, want) {
			t.Errorf("%q counts under %v, want %v", address, got, want)
		}
	}
}

// uses are all that there are.
var uses = []NetworkUse{NetworkStart, NetworkSignIn, NetworkUserID, NetworkWork, NetworkRenew, NetworkHelp, NetworkRefusal}

// takeFrom counts the uses, out of n, that are taken of one moment from addresses that pick chooses.
func takeFrom(u NetworkUse, n int, own bool, pick func(i int) netip.Addr) int {
	counters, taken := rows{}, 0
next:
	for i := range n {
		rates := u.Rates(pick(i).String(), own)
		for _, r := range rates {
			c, _ := counters.Counter(fmt.Sprint(r.Counter, r.Subject))
			if _, retry := r.Rate.Take(c, noon); !retry.IsZero() {
				continue next
			}
		}
		for _, r := range rates {
			c, _ := counters.Counter(fmt.Sprint(r.Counter, r.Subject))
			c, _ = r.Rate.Take(c, noon)
			_ = counters.PutCounter(c)
		}
		taken++
	}
	return taken
}

// Threat: who holds an IPv6 prefix, or a network of many hosts, has budgets without end.
func TestAWholePrefixHasOneBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	random := rand.New(rand.NewPCG(1, 1))
	within := func(prefix string) func(int) netip.Addr {
		p := netip.MustParsePrefix(prefix)
		return func(int) netip.Addr {
			b := p.Addr().As16()
			for bit := p.Bits(); bit < 128; bit++ {
				b[bit/8] |= byte(random.IntN(2)) << (7 - bit%8)
			}
			return netip.AddrFrom16(b)
		}
	}
	mapped := func(i int) netip.Addr {
		return netip.MustParseAddr([]string{"192.0.2.7", "::ffff:192.0.2.7", "64:ff9b::192.0.2.7"}[i%3])
	}
	for _, u := range uses {
		for name, c := range map[string]struct {
			own  bool
			pick func(int) netip.Addr
			want int
		}{
			"an IPv4 address": {false, mapped, u.rate.Burst}, "a /64": {true, within("2001:db8:1:2::/64"), u.rate.Burst},
			"a /48": {true, within("2001:db8:1::/48"), site * u.rate.Burst}, "everybody": {false, within("2000::/3"), u.all.Burst},
			"the organisation's own": {true, within("2000::/3"), 7000},
		} {
			if got := takeFrom(u, 7000, c.own, c.pick); got != c.want {
				t.Errorf("%s from %s: %d at once, want %d", u.name, name, got, c.want)
			}
		}
	}
}

// Threat: a flood of resets keeps everybody from signing in. Each purpose has a total of its own.
func TestEachPurposeHasItsTotal(t *testing.T) {
	keys := map[string]bool{}
	for _, purpose := range []app.Purpose{app.PurposeSignIn, app.PurposeReset, app.PurposeRegister} {
		rates := NetworkStart.Of(purpose).Rates("192.0.2.7", false)
		keys[fmt.Sprint(rates[1].Counter, rates[1].Subject)] = true
		if rates[0] != NetworkStart.Rates("192.0.2.7", false)[0] {
			t.Error("an address has a budget for each purpose")
		}
	}
	if len(keys) != 3 {
		t.Errorf("the totals are %v", keys)
	}
}

func TestPerNetwork(t *testing.T) {
	want := map[string]SlidingWindow{"2001:db8::/64": {N: 5, Span: 24 * time.Hour}, "2001:db8::/48": {N: 20, Span: 24 * time.Hour}}
	if got := PerNetwork("2001:db8::1", 5); len(got) != 2 || got["2001:db8::/64"] != want["2001:db8::/64"] || got["2001:db8::/48"] != want["2001:db8::/48"] {
		t.Errorf("windows %v", got)
	}
}
