package smpp

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/sparekey/sparekey/backend/delivery/examine"
)

const (
	connectTime = 10 * time.Second // for one connection, up to the answer to the bind
	steadyTime  = 30 * time.Second // a session that lasted so long is no failure when it ends

	firstRetry = time.Second
	lastRetry  = time.Minute
)

// Backoff is the wait after so many failures in a row: about a second, doubled each time, a minute at most. Half of it is by chance,
// so that servers which lost the same centre don't come back to it as one.
func Backoff(failures int) time.Duration {
	wait := lastRetry
	if failures < 7 {
		wait = min(firstRetry<<(failures-1), lastRetry)
	}
	return wait/2 + rand.N(wait/2)
}

// keep connects, and connects again, until Close.
func (c *Centre) keep() {
	for failures := 0; ; {
		c.set(nil, nil)
		s, err := c.tryToOpen()
		if err == nil {
			began := time.Now()
			c.config.Log.Info("the message centre lets texts be sent", "centre", c.Name())
			err = c.use(s)
			if time.Since(began) >= steadyTime && c.running.Err() == nil {
				c.config.Log.Warn("the connection to the message centre ended", "centre", c.Name(), "error", err)
				failures = 0
				continue
			}
		}
		if c.running.Err() != nil {
			c.set(nil, c.fail(StepBind, errClosed))
			return
		}
		failures++
		wait := c.config.Retry(failures)
		c.config.Log.Warn("the message centre can't be reached", "error", err, "again_in", wait.Round(time.Millisecond))
		c.set(nil, err)
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-c.running.Done():
		}
		again.Stop()
	}
}

func (c *Centre) tryToOpen() (*session, error) {
	ctx, cancel := context.WithTimeout(c.running, connectTime)
	defer cancel()
	return c.open(ctx, c.arrive, func(examine.Finding) {})
}

// use has texts go by a session until it ends, or Close.
func (c *Centre) use(s *session) error {
	c.set(s, nil)
	select {
	case <-s.leaving:
		c.all.Go(s.all.Wait) // what is due may still be answered
	case <-c.running.Done():
		<-c.taken
		s.leave()
	}
	if why := s.reason(); why != nil {
		return c.fail(StepBind, why)
	}
	return c.fail(StepBind, errUnbound)
}

// set says how the connection is.
func (c *Centre) set(s *session, resting error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bound, c.resting = s, resting
	close(c.changed)
	c.changed = make(chan struct{})
}

// session gives the session that there is, or waits until one is made or can't be.
func (c *Centre) session(ctx context.Context) (*session, error) {
	for {
		c.mu.Lock()
		s, resting, changed, closed := c.bound, c.resting, c.changed, c.closed
		c.mu.Unlock()
		if closed {
			return nil, c.fail(StepBind, errClosed)
		}
		if s != nil {
			select {
			case <-s.leaving: // another one is about to be made
			default:
				return s, nil
			}
		}
		if resting != nil {
			return nil, resting
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, c.fail(StepConnect, errors.Join(errNotSent, ctx.Err()))
		}
	}
}
