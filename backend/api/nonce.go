package api

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/signed"
)

// The nonces of signatures that were taken are kept as long as such a signature could be taken again: in two shares, of which
// the older one is dropped when the newer one is as old as that. They are this process's; a restart forgets them. What may be
// sent again then is the same request to the last letter, with its token and its idempotency key.

// nonceSpan is how long a nonce has to be kept: a signature may be ahead of the clock by the window, and is good until it is
// behind it by as much.
const nonceSpan = 2 * signatureWindow

// Of how many nonces there are in a share, and of one station's. Nothing is forgotten beyond: who sends more has to wait.
const (
	mostNonces        = 400_000
	mostStationNonces = 20_000
)

// nonces remembers. The zero value is ready.
type nonces struct {
	mu          sync.Mutex
	seed        maphash.Seed
	newer       map[uint64]struct{} // keyed hashes of station and nonce: 64 bits by a key that nobody knows
	older       map[uint64]struct{}
	of          map[app.StationID]int // in newer
	newerBegins time.Time
}

// take takes a signature once: CodeStationSignature for the second time, CodeThrottled or CodeBusy where there are too many.
func (n *nonces) take(s signed.Signature, now time.Time) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.turn(now)
	key := maphash.String(n.seed, string(s.Station)+"|"+s.Nonce)
	_, again := n.newer[key]
	if _, before := n.older[key]; again || before {
		return app.Errorf(app.CodeStationSignature, "it was sent before")
	}
	opens := n.newerBegins.Add(nonceSpan)
	switch {
	case n.of[s.Station] >= mostStationNonces:
		return &app.Error{Code: app.CodeThrottled, RetryAt: opens}
	case len(n.newer) >= mostNonces:
		return &app.Error{Code: app.CodeBusy, RetryAt: opens}
	}
	n.newer[key] = struct{}{}
	n.of[s.Station]++
	return nil
}

// turn drops the older share when the newer one is old enough to take its place.
func (n *nonces) turn(now time.Time) {
	if n.newer != nil && now.Sub(n.newerBegins) < nonceSpan {
		return
	}
	if n.newer == nil {
		n.seed = maphash.MakeSeed()
	}
	n.older, n.newer, n.of, n.newerBegins = n.newer, map[uint64]struct{}{}, map[app.StationID]int{}, now
}
