package store

import (
	"errors"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// Counter implements port.CounterTx.
func (t *transaction) Counter(key string) (port.Counter, error) {
	if c, read := t.counts[key]; read {
		return c, nil
	}
	c := port.Counter{Key: key}
	err := t.scan("read a counter",
		t.row(`SELECT tally, since, until, tat, expiry FROM counters WHERE name = ?`, key),
		&c.Count, moment{&c.Since}, moment{&c.Until}, moment{&c.TAT}, moment{&c.Expiry})
	if err != nil && !errors.Is(err, port.ErrNotFound) {
		return port.Counter{}, err
	}
	t.noteCounter(c)
	return c, nil
}

// noteCounter remembers a counter that was read, or put: most are asked for several times.
func (t *transaction) noteCounter(c port.Counter) {
	if t.counts == nil {
		t.counts = make(map[string]port.Counter)
	}
	t.counts[c.Key] = c
}

// PutCounter implements port.CounterTx: it inserts or replaces. One that counts nothing is as one that is not there.
func (t *transaction) PutCounter(c port.Counter) error {
	delete(t.counts, c.Key)
	if c.Count == 0 && c.Since.IsZero() && c.Until.IsZero() && c.TAT.IsZero() {
		return t.exec("drop a counter", `DELETE FROM counters WHERE name = ?`, c.Key)
	}
	return t.exec("put a counter", `INSERT INTO counters (name, tally, since, until, tat, expiry)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET tally = excluded.tally, since = excluded.since, until = excluded.until,
			tat = excluded.tat, expiry = excluded.expiry`,
		c.Key, c.Count, micros(c.Since), micros(c.Until), micros(c.TAT), micros(c.Expiry))
}

const expired = `expiry <> 0 AND expiry < ?`

// ExpiredCounters implements port.CounterTx; one without an expiry stays. It reads them all: an index by what is over would cost
// each input a page or two.
func (t *transaction) ExpiredCounters(before time.Time, n int) ([]string, error) {
	read := func(row scanner) (key string, err error) {
		err = t.scan("list expired counters", row, &key)
		return key, err
	}
	return list(t, "list expired counters", read, `SELECT name FROM counters WHERE `+expired+` LIMIT `+limit, micros(before), n)
}

// DropCounters implements port.CounterTx.
func (t *transaction) DropCounters(keys []string, before time.Time) (dropped int, err error) {
	clear(t.counts)
	for _, key := range keys {
		n, err := t.count("drop counters", `DELETE FROM counters WHERE name = ? AND `+expired, key, micros(before))
		if err != nil {
			return dropped, err
		}
		dropped += n
	}
	return dropped, nil
}
