package core

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/limit"
	"github.com/sparekey/sparekey/backend/port"
)

// A clock that was wrong is put right, and time goes back. What was over must not begin anew by that: before anything else is
// done, what was over at the newest time that is known is ended for good. The newest time is what this process has seen, and,
// when it starts, what the audit trail's last entry says.

// stepBack is how far the time of two calls at once may be apart without the clock having gone back.
const stepBack = time.Second

// clockBackMark is where the store remembers when a clock has gone back last, and by how much.
const clockBackMark = "clock_back"

// clockBack is the audit trail's entry of a clock that has gone back.
const clockBack = "clock.back"

// newestTime is the newest time that is known.
type newestTime struct{ micros atomic.Int64 }

// note takes notice of a time.
func (n *newestTime) note(at time.Time) {
	for {
		known := n.micros.Load()
		if at.UnixMicro() <= known || n.micros.CompareAndSwap(known, at.UnixMicro()) {
			return
		}
	}
}

func (n *newestTime) get() time.Time { return time.UnixMicro(n.micros.Load()).UTC() }

// OnClockBack has f end in the transaction at hand, at now, what was over at newest.
func (c *Core) OnClockBack(f func(tx *Tx, newest, now time.Time) error) { c.onClockBack = f }

// readNewest learns the newest time that the store knows. Servers' clocks may be a little apart.
func (c *Core) readNewest(ctx context.Context) error {
	return c.Store.View(ctx, func(tx port.Tx) error {
		last, err := tx.AuditHead()
		if err == nil && !limit.Happened(last.At, c.Clock.Now()) {
			c.newest.note(last.At)
		}
		return err
	})
}

// wentBack reports whether the clock has gone back since the newest time.
func (c *Core) wentBack() (newest, now time.Time, back bool) {
	now = c.Now()
	newest = c.newest.get()
	return newest, now, newest.Sub(now) >= stepBack
}

// settleClock ends for good what was over at the newest time, where the clock has gone back since.
func (c *Core) settleClock(ctx context.Context) error {
	if _, _, back := c.wentBack(); !back {
		return nil
	}
	var newest, now time.Time
	err := c.update(ctx, func(tx *Tx) (err error) {
		var back bool
		if newest, now, back = c.wentBack(); back { // or another operation was faster
			err = tx.endWhatWasOver(newest, now)
		}
		return err
	})
	if err == nil && c.newest.micros.CompareAndSwap(newest.UnixMicro(), now.UnixMicro()) {
		c.Log.Warn("the clock has gone back", "by", newest.Sub(now))
	}
	return err
}

func (t *Tx) endWhatWasOver(newest, now time.Time) error {
	if _, err := t.EndExpiredSessions(newest, now); err != nil {
		return err
	}
	if _, err := t.DropPasses(newest); err != nil {
		return err
	}
	if _, err := t.DropObjections(newest); err != nil {
		return err
	}
	if _, err := t.EndExpiredTokens(newest, now); err != nil {
		return err
	}
	if _, err := t.HurryOutbox(now); err != nil { // a message that is due later would wait for as long as the clock was ahead
		return err
	}
	if f := t.core.onClockBack; f != nil {
		if err := f(t, newest, now); err != nil {
			return err
		}
	}
	if err := t.PutMark(clockBackMark, fmt.Sprintf("%d %d", now.UnixMicro(), newest.UnixMicro())); err != nil {
		return err
	}
	return t.Log(port.AuditEntry{Action: clockBack, Result: Succeeded})
}

// Health is what the backend knows of what it stands on.
type Health struct {
	// Behind is how far the clock stands behind the newest time that the store knows; zero where it does not.
	Behind time.Duration
	// WentBack is when the clock has gone back last, by the clock as it then was, and By how much; zero for never.
	WentBack time.Time
	By       time.Duration
}

// Health looks.
func (c *Core) Health(ctx context.Context) (h Health, err error) {
	err = c.Store.View(ctx, func(tx port.Tx) (err error) {
		h, err = ReadHealth(tx, c.Clock.Now())
		return err
	})
	return h, Unavailable(err)
}

// ReadHealth reads in a store what is known at now. It needs nothing that is sealed.
func ReadHealth(tx port.Tx, now time.Time) (h Health, err error) {
	last, err := tx.AuditHead()
	if err != nil {
		return h, err
	}
	if !limit.Happened(last.At, now) {
		h.Behind = last.At.Sub(now)
	}
	mark, err := tx.Mark(clockBackMark)
	if err != nil || mark == "" {
		return h, err
	}
	var at, before int64
	if _, err := fmt.Sscanf(mark, "%d %d", &at, &before); err != nil {
		return h, app.Errorf(app.CodeInternal, "read when the clock went back: %w", err)
	}
	h.WentBack, h.By = time.UnixMicro(at).UTC(), time.Duration(before-at)*time.Microsecond
	return h, nil
}
