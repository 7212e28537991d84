package limit

import (
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Skew is how far the clocks of servers that share a store may be apart.
const Skew = port.Skew

// Happened reports whether something may have happened at a time. What would happen later than now did so by a clock that was
// wrong, and has been put back: no limit believes it.
func Happened(at, now time.Time) bool { return !at.After(now.Add(Skew)) }

// Within reports whether something has happened in the span before now, whose first instant counts.
func Within(span time.Duration, at, now time.Time) bool {
	return now.Sub(at) <= span && Happened(at, now)
}
