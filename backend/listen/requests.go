package listen

import (
	"net/netip"
	"sync"
	"time"

	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// Requests bounds how many requests a client makes, by its network. It is kept in memory: it protects the process, and no
// account. It is safe for concurrent use.
type Requests struct {
	rate   limit.Rate
	shared []netip.Prefix
	clock  port.Clock

	mu       sync.Mutex
	counters map[string]port.Counter
}

// mostClients bounds the memory that clients from many networks take. Beyond it, new ones share a counter.
const mostClients = 10_000

// NewRequests lets so many requests of a client through in a minute on average, a third of them at once. In shared networks
// many people share an address, and nobody is counted.
func NewRequests(perMinute int, shared []netip.Prefix, clock port.Clock) *Requests {
	return &Requests{
		rate: limit.Rate{Every: time.Minute / time.Duration(perMinute), Burst: max(1, perMinute/3)}, shared: shared, clock: clock,
		counters: map[string]port.Counter{},
	}
}

// Take counts a request from an address; it gives zero, or, where there were too many, when the next one is taken.
func (r *Requests) Take(address string) (retry time.Time) {
	if addr, err := netip.ParseAddr(address); err == nil && within(r.shared, addr) {
		return retry
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now, client := r.clock.Now(), limit.Networks(address)[0]
	if _, known := r.counters[client]; !known && !r.room(now) {
		client = ""
	}
	c, retry := r.rate.Take(r.counters[client], now)
	if retry.IsZero() {
		r.counters[client] = c
	}
	return retry
}

// room reports whether there is room for another client, and makes some where others are forgotten by now.
func (r *Requests) room(now time.Time) bool {
	if len(r.counters) < mostClients {
		return true
	}
	for client, c := range r.counters {
		if c.Expiry.Before(now) {
			delete(r.counters, client)
		}
	}
	return len(r.counters) < mostClients
}
