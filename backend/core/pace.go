package core

import (
	"sync"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// pace keeps the rates of what must not cost a commit when it is refused. They are this process's, and a restart forgets
// them. The zero value is ready.
type pace struct {
	mu       sync.Mutex
	counters map[string]port.Counter
}

// mostPaced bounds the memory that strangers from many networks take. Beyond it, networks share a counter.
const mostPaced = 10_000

// take takes from every rate, or, where one refuses or it only looks, from none, and says when all are open.
func (p *pace) take(rates []limit.NetworkRate, now time.Time, look bool) (open time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counters == nil {
		p.counters = map[string]port.Counter{}
	}
	taken := make([]port.Counter, 0, len(rates))
	for _, r := range rates {
		key := r.Counter.Key(make([]byte, 16)) + "|"
		if c, known := p.counters[key+r.Subject]; known {
			key = c.Key
		} else if p.room(now) {
			key += r.Subject
		}
		c := p.counters[key]
		c.Key = key
		c, retry := r.Rate.Take(c, now)
		if retry.After(open) {
			open = retry
		}
		taken = append(taken, c)
	}
	if !open.IsZero() || look {
		return open
	}
	for _, c := range taken {
		p.counters[c.Key] = c
	}
	return open
}

// room reports whether there is room for another counter, and makes some where others are forgotten by now.
func (p *pace) room(now time.Time) bool {
	if len(p.counters) < mostPaced {
		return true
	}
	for key, c := range p.counters {
		if c.Expiry.Before(now) {
			delete(p.counters, key)
		}
	}
	return len(p.counters) < mostPaced
}

// PaceRenewal counts a renewal of a session, or says that the network has to wait.
func (o *Operation) PaceRenewal() error { return o.Pace(limit.NetworkRenew) }

// Pace is ThrottleNetwork for what must not cost a commit.
func (o *Operation) Pace(use limit.NetworkUse) error { return o.paced(use, false) }

// Paced reports whether a use would have to wait, and counts nothing.
func (o *Operation) Paced(use limit.NetworkUse) error { return o.paced(use, true) }

func (o *Operation) paced(use limit.NetworkUse, look bool) error {
	from := o.Caller().Origin
	if from.Network == InProcess || from.Network == "" {
		return nil
	}
	open := o.pace.take(use.Rates(countsUnder(from), o.Policy().Feature.Trusts(from)), o.Now(), look)
	if open.IsZero() {
		return nil
	}
	return &app.Error{Code: app.CodeThrottled, RetryAt: open}
}
