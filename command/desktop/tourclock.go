package desktop

import (
	"sync/atomic"
	"time"
)

// tourClock is the system's, and ahead of it by what the tour has let pass, in place of waiting: for the whole trial, its
// window too.
type tourClock struct{ ahead atomic.Int64 }

// Now implements port.Clock.
func (c *tourClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// pass lets time pass at once.
func (c *tourClock) pass(d time.Duration) { c.ahead.Add(int64(d)) }
