package limit

import (
	"fmt"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// SlidingWindow counts events exactly: not more than N in any Span. It remembers when each of the last N happened, in a
// ring of rows beside the head, which counts them all. The zero value lets nothing pass.
type SlidingWindow struct {
	N    int
	Span time.Duration
}

// Allow counts an event, or says when it may be tried again and counts nothing.
func (w SlidingWindow) Allow(tx port.CounterTx, key string, now time.Time) (time.Time, error) {
	retry, err := w.Opens(tx, key, now)
	if err != nil || !retry.IsZero() {
		return retry, err
	}
	_, err = w.Record(tx, key, now)
	return time.Time{}, err
}

// Opens says when an event may come; zero for now. It counts nothing.
func (w SlidingWindow) Opens(tx port.CounterTx, key string, now time.Time) (time.Time, error) {
	if w.N < 1 || w.Span <= 0 {
		return now.Add(never), nil
	}
	head, oldest, err := w.read(tx, key)
	if retry := oldest.Since.Add(w.Span); err == nil && head.Count >= w.N && now.Before(retry) && Happened(oldest.Since, now) {
		return retry, nil
	}
	return time.Time{}, err
}

// Record counts an event whatever its number, and reports whether the last N all happened within the span.
func (w SlidingWindow) Record(tx port.CounterTx, key string, now time.Time) (full bool, err error) {
	head, oldest, err := w.read(tx, key)
	if err != nil {
		return false, err
	}
	if err := w.push(tx, head, oldest, now); err != nil {
		return false, err
	}
	head, oldest, err = w.read(tx, key)
	return head.Count >= w.N && now.Sub(oldest.Since) < w.Span && Happened(oldest.Since, now), err
}

// read gives the head, and the row of the oldest event that is remembered.
func (w SlidingWindow) read(tx port.CounterTx, key string) (head, oldest port.Counter, err error) {
	if head, err = tx.Counter(key); err != nil {
		return head, oldest, err
	}
	oldest, err = tx.Counter(fmt.Sprintf("%s/%d", key, head.Count%max(w.N, 1)))
	return head, oldest, err
}

func (w SlidingWindow) push(tx port.CounterTx, head, oldest port.Counter, now time.Time) error {
	head.Count++
	head.Expiry = now.Add(w.Span)
	oldest.Since, oldest.Expiry = now, head.Expiry
	if err := tx.PutCounter(oldest); err != nil {
		return err
	}
	return tx.PutCounter(head)
}

// Forget makes as if nothing had happened.
func Forget(tx port.CounterTx, key string, now time.Time) error {
	return tx.PutCounter(port.Counter{Key: key, Expiry: now})
}
