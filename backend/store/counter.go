package store

import (
	"errors"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Counter implements port.CounterTx.
func (t *transaction) Counter(key string) (port.Counter, error) {
	c := port.Counter{Key: key}
	err := t.scan("read a counter",
		t.row(`SELECT tally, since, until, tat, expiry FROM counter WHERE name = ?`, key),
		&c.Count, moment{&c.Since}, moment{&c.Until}, moment{&c.TAT}, moment{&c.Expiry})
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return port.Counter{}, err
	}
	return c, nil
}

// PutCounter implements port.CounterTx: it inserts or replaces.
func (t *transaction) PutCounter(c port.Counter) error {
	return t.exec("put a counter", `INSERT INTO counter (name, tally, since, until, tat, expiry)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET tally = excluded.tally, since = excluded.since, until = excluded.until,
			tat = excluded.tat, expiry = excluded.expiry`,
		c.Key, c.Count, micros(c.Since), micros(c.Until), micros(c.TAT), micros(c.Expiry))
}

// DropCounters implements port.CounterTx; one without an expiry stays.
func (t *transaction) DropCounters(before time.Time) (int, error) {
	return t.count("drop counters", `DELETE FROM counter WHERE expiry <> 0 AND expiry < ?`, micros(before))
}
