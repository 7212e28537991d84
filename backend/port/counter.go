package port

import (
	"time"
)

// Counter is one throttle's or lock's memory.
type Counter struct {
	Key    string    // "purpose:subject", the subject a keyed hash where it is personal
	Count  int       // within the window
	Since  time.Time // when the window began
	Until  time.Time // locked until then
	TAT    time.Time // theoretical arrival time of a GCRA
	Expiry time.Time // when the row may be dropped
}

// CounterTx keeps counters; an unknown key gives a zero Counter with that key and no error.
type CounterTx interface {
	Counter(key string) (Counter, error)
	PutCounter(c Counter) error
	// ExpiredCounters lists up to n keys of counters that expired before t.
	ExpiredCounters(t time.Time, n int) ([]string, error)
	// DropCounters deletes those of the keys whose counters expired before t, and returns how many.
	DropCounters(keys []string, t time.Time) (int, error)
}
