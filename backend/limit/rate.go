package limit

import (
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Rate is a generic cell rate algorithm (ITU-T I.371): one event each Every on average, up to Burst at once. The zero value
// takes nothing.
type Rate struct {
	Every time.Duration
	Burst int
}

// never is when an event may come that no rate takes.
const never = 24 * time.Hour

// Take counts an event at now, or says when it may be tried again and counts nothing.
func (r Rate) Take(c port.Counter, now time.Time) (port.Counter, time.Time) {
	if r.Burst < 1 {
		return c, now.Add(never)
	}
	tat := c.TAT
	if tat.Before(now) || tat.After(now.Add(time.Duration(r.Burst)*r.Every+Skew)) { // the latter can't be: the clock was put back
		tat = now
	}
	if open := tat.Add(-time.Duration(r.Burst-1) * r.Every); now.Before(open) {
		return c, open
	}
	c.TAT = tat.Add(r.Every)
	c.Expiry = c.TAT
	return c, time.Time{}
}

// times is the rate at which so many times as much happens.
func (r Rate) times(n int) Rate {
	return Rate{Every: r.Every / time.Duration(n), Burst: r.Burst * n}
}
