package core

import (
	"context"
	"sync"
	"time"

	"github.com/sparekey/sparekey/backend/port"
)

// flushAfter is how long after an update ahead of its fsync that follows: the answer has left by then, and those of a crowd
// share one.
const flushAfter = 10 * time.Millisecond

// ahead are the updates that everybody sees and that are not durable yet.
type ahead struct {
	flushing sync.Mutex
	mu       sync.Mutex // guards the next one
	all      []*Tx
}

// UpdateAhead is Update that does not wait for the disk, as the store's. What was durable before must tell, with what the directory
// says, all that f writes, so that after a power failure it is done again. Messages leave, and heads are signed, once it is durable.
func (c *Core) UpdateAhead(ctx context.Context, f func(*Tx) error) error {
	if err := c.settleClock(ctx); err != nil {
		return err
	}
	t, err := c.commit(f, func(f func(port.Tx) error) error { return c.Store.UpdateAhead(ctx, f) })
	if err != nil {
		return err
	}
	if c.ahead.add(t) {
		time.AfterFunc(flushAfter, c.Flush)
	}
	return nil
}

// add adds one, and reports whether it is the first.
func (a *ahead) add(t *Tx) (first bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, t)
	return len(a.all) == 1
}

func (a *ahead) take() []*Tx {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.all
	a.all = nil
	return all
}

// Flush makes what was updated ahead durable, and has done what is due then when it returns.
func (c *Core) Flush() {
	c.ahead.flushing.Lock()
	defer c.ahead.flushing.Unlock()
	all := c.ahead.take()
	if len(all) == 0 {
		return
	}
	err := c.Store.Flush()
	if err != nil {
		c.Log.Error("what was written is not on the disk", "error", err)
	}
	for _, t := range all {
		if err == nil {
			t.durable()
		} else {
			t.handOver(false) // the worker finds its messages once their leases have run out
		}
	}
}
