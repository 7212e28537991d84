package backend

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// rate is a generic cell rate algorithm (ITU-T I.371): one event each period on average, up to burst at once.
type rate struct {
	every time.Duration
	burst int
}

// take counts an event at now, or says when it may be tried again and counts nothing.
func (r rate) take(c port.Counter, now time.Time) (port.Counter, time.Time) {
	tat := c.TAT
	if tat.Before(now) {
		tat = now
	}
	if open := tat.Add(-time.Duration(r.burst-1) * r.every); now.Before(open) {
		return c, open
	}
	c.TAT = tat.Add(r.every)
	c.Expiry = c.TAT
	return c, time.Time{}
}

// What one network address may do. An organisation's people may share one address; a prober may not go on for long.
var networkRates = map[string]rate{
	"start":   {every: time.Second, burst: 120},
	"sign_in": {every: 2 * time.Second, burst: 60},
	"user_id": {every: 2 * time.Second, burst: 60},
	"work":    {every: 2 * time.Second, burst: 60},
	"help":    {every: time.Minute, burst: 10},
}

// inProcess is the network of a caller in the same process, who owns the machine and needs no throttle.
const inProcess = "local"

// throttleNetwork counts what a network address does; not zero when it has to wait until then.
func (b *Backend) throttleNetwork(tx *tx, purpose string, from app.Origin) (time.Time, error) {
	if from.Network == inProcess {
		return time.Time{}, nil
	}
	c, err := tx.Counter(b.counterKey("network."+purpose, from.Network))
	if err != nil {
		return time.Time{}, err
	}
	c, retry := networkRates[purpose].take(c, b.now())
	if !retry.IsZero() {
		return retry, nil
	}
	return time.Time{}, tx.PutCounter(c)
}

// counterKey names a counter; the subject is personal and goes in as a keyed hash.
func (b *Backend) counterKey(purpose, subject string) string {
	return purpose + ":" + hex.EncodeToString(b.c.Sealer.Index("counter", subject)[:16])
}

// window counts events exactly: not more than n in any span. It remembers when each of the last n happened, in a ring
// of rows beside the head, which counts them all.
type window struct {
	n    int
	span time.Duration
}

// allow counts an event, or says when it may be tried again and counts nothing.
func (w window) allow(tx port.CounterTx, key string, now time.Time) (time.Time, error) {
	retry, err := w.opens(tx, key, now)
	if err != nil || !retry.IsZero() {
		return retry, err
	}
	_, err = w.record(tx, key, now)
	return time.Time{}, err
}

// opens says when an event may come; zero for now. It counts nothing.
func (w window) opens(tx port.CounterTx, key string, now time.Time) (time.Time, error) {
	head, oldest, err := w.read(tx, key)
	if retry := oldest.Since.Add(w.span); err == nil && head.Count >= w.n && now.Before(retry) {
		return retry, nil
	}
	return time.Time{}, err
}

// record counts an event whatever its number, and reports whether the last n all happened within the span.
func (w window) record(tx port.CounterTx, key string, now time.Time) (full bool, err error) {
	head, oldest, err := w.read(tx, key)
	if err != nil {
		return false, err
	}
	if err := w.push(tx, head, oldest, now); err != nil {
		return false, err
	}
	head, oldest, err = w.read(tx, key)
	return head.Count >= w.n && now.Sub(oldest.Since) < w.span, err
}

// read gives the head, and the row of the oldest event that is remembered.
func (w window) read(tx port.CounterTx, key string) (head, oldest port.Counter, err error) {
	if head, err = tx.Counter(key); err != nil {
		return head, oldest, err
	}
	oldest, err = tx.Counter(fmt.Sprintf("%s/%d", key, head.Count%max(w.n, 1)))
	return head, oldest, err
}

func (w window) push(tx port.CounterTx, head, oldest port.Counter, now time.Time) error {
	head.Count++
	head.Expiry = now.Add(w.span)
	oldest.Since, oldest.Expiry = now, head.Expiry
	if err := tx.PutCounter(oldest); err != nil {
		return err
	}
	return tx.PutCounter(head)
}

// forget makes as if nothing had happened.
func (w window) forget(tx port.CounterTx, key string, now time.Time) error {
	return tx.PutCounter(port.Counter{Key: key, Expiry: now})
}

// pause is the lock of signing in: from so many failures on each one costs a pause, which doubles up to a longest one.
type pause struct {
	failures int
	first    time.Duration
}

const (
	longestPause = time.Hour
	pauseMemory  = 24 * time.Hour // after which failures are forgotten
)

// fail counts a failure at now, or says when the next try is allowed and counts nothing.
func (p pause) fail(c port.Counter, now time.Time) (port.Counter, time.Time) {
	if now.Before(c.Until) {
		return c, c.Until
	}
	if !c.Expiry.IsZero() && !now.Before(c.Expiry) {
		c = port.Counter{Key: c.Key}
	}
	c.Count++
	c.Expiry = now.Add(pauseMemory)
	if over := c.Count - p.failures; over >= 0 {
		length := longestPause
		if over < 16 {
			length = min(p.first<<over, longestPause)
		}
		c.Until = now.Add(length)
	}
	return c, time.Time{}
}

// forgive takes back a failure that was counted ahead and turned out to be none.
func (p pause) forgive(c port.Counter) port.Counter {
	c.Count = max(c.Count-1, 0)
	if c.Count < p.failures {
		c.Until = time.Time{}
	}
	return c
}

// signInPause is the lock for an account. It stops well below the directory's own threshold, so that nobody can lock
// a directory account through us: from there on a try costs an hour, longer than directories remember failures.
func (b *Backend) signInPause(account port.DirectoryAccount) pause {
	p := pause{failures: max(b.policy().SignIn.Failures, 1), first: b.policy().SignIn.Pause}
	if account.Threshold > 0 {
		if stop := max(account.Threshold-b.policy().SignIn.BelowDirectory, 1); stop < p.failures {
			p = pause{failures: stop, first: longestPause}
		}
	}
	return p
}
