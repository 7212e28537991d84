package limit

import (
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Row bounds events in a row, over any time: N of them, until it is forgotten (Forget). The zero value is full at once.
type Row struct{ N int }

// rowMemory is how long a row is kept: for good, since no time may end it.
const rowMemory = 100 * 365 * day

// Full reports whether no more may come.
func (r Row) Full(tx port.CounterTx, key string) (bool, error) {
	c, err := tx.Counter(key)
	return err != nil || c.Count >= r.N, err
}

// Record counts an event, and reports whether it was the last.
func (r Row) Record(tx port.CounterTx, key string, now time.Time) (full bool, err error) {
	c, err := tx.Counter(key)
	if err != nil {
		return true, err
	}
	c.Count++
	c.Expiry = now.Add(rowMemory)
	return c.Count >= r.N, tx.PutCounter(c)
}
