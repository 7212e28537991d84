package limit

import (
	"time"

	"github.com/sparekey/sparekey/backend/policy"
	"github.com/sparekey/sparekey/backend/port"
)

// Backoff is the lock of signing in: from so many failures on each one costs a pause, which doubles up to a longest one.
// The zero value makes the longest pause after each failure.
type Backoff struct {
	Failures int
	First    time.Duration // the first pause
}

const (
	longestPause  = time.Hour
	failureMemory = 24 * time.Hour // after which failures are forgotten
)

// Fail counts a failure at now, or says when the next try is allowed and counts nothing. A pause that ends later than it could
// is none: the clock was put back.
func (b Backoff) Fail(c port.Counter, now time.Time) (port.Counter, time.Time) {
	if now.Before(c.Until) && !c.Until.After(now.Add(longestPause+Skew)) {
		return c, c.Until
	}
	if !c.Expiry.IsZero() && !now.Before(c.Expiry) {
		c = port.Counter{Key: c.Key}
	}
	c.Count++
	c.Until, c.Expiry = time.Time{}, now.Add(failureMemory)
	if over := c.Count - b.Failures; over >= 0 {
		length := longestPause
		if over < 16 && b.First > 0 {
			length = min(b.First<<over, longestPause)
		}
		c.Until = now.Add(length)
	}
	return c, time.Time{}
}

// Forgive takes back a failure that was counted ahead and turned out to be none.
func (b Backoff) Forgive(c port.Counter) port.Counter {
	c.Count = max(c.Count-1, 0)
	if c.Count < b.Failures {
		c.Until = time.Time{}
	}
	return c
}

// SignIn is the lock of an account's password. Guesses keeps the directory's own lock from closing.
func SignIn(p *policy.Policy) Backoff {
	return Backoff{Failures: max(p.SignIn.Failures, 1), First: p.SignIn.Pause}
}

// passFailures is how many wrong passes make a pause, which lasts as one for wrong passwords does.
const passFailures = 5

// Pass is the lock of an account's pass.
func Pass(p *policy.Policy) Backoff { return Backoff{Failures: passFailures, First: p.SignIn.Pause} }
