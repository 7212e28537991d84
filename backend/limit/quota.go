package limit

import (
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Quota is what may be sent to a subject within a window; Key is where the store keeps its counter.
type Quota struct {
	Window SlidingWindow
	Key    string
}

// TakeQuotas takes from every quota, or from none: what one of them refuses must not use up another, such as a country's.
// CodeThrottled says when all are open again.
func TakeQuotas(tx port.CounterTx, quotas []Quota, now time.Time) error {
	var open time.Time
	for _, q := range quotas {
		retry, err := q.Window.Opens(tx, q.Key, now)
		if err != nil {
			return err
		}
		if retry.After(open) {
			open = retry
		}
	}
	if !open.IsZero() {
		return &app.Error{Code: app.CodeThrottled, RetryAt: open}
	}
	for _, q := range quotas {
		if _, err := q.Window.Record(tx, q.Key, now); err != nil {
			return err
		}
	}
	return nil
}
