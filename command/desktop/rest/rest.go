// Package rest has the toolkit's loop wait for something to happen while nothing does. By itself the loop looks for events sixty
// times a second, whether there are any or not.
package rest

import (
	"sync"
	"time"
)

// How long the loop goes on as it is, in its own ticks, of which there are sixty a second.
const (
	afterInput  = 120 // since somebody moved, pressed or typed something: double taps, and what moves on by itself, are over then
	afterChange = 6   // since something else was done: it is drawn, and the window has grown where it has to
)

// The longest that the loop waits before it looks by itself.
const (
	nap     = time.Second      // for what the toolkit asks of it from elsewhere, as when the system turns dark, and for its caches
	blinked = time.Second / 20 // while a cursor blinks, which it does twice a second
)

// quiet is for how long nobody has done anything when Quiet is called.
const quiet = 3 * time.Second

// Loop is the toolkit's loop. While nothing moves, it sleeps until an event comes, something is asked of it (Asked), or a nap is
// over.
//
// It never sleeps on something undrawn. Sleep is put in the loop's queue by a frame, before that is drawn, and what came by
// events before that frame is drawn with it. What else is put in the queue is asked for beforehand, and keeps the loop awake
// until it is done and drawn.
type Loop struct {
	Quiet func() // called on a goroutine of its own while nobody does anything, every 3 s, unless a cursor blinks: somebody is about to type; may be nil

	now   func() time.Time
	blink func() bool              // a cursor blinks
	queue func(f func())           // puts f in the loop's queue
	wait  func(most time.Duration) // until an event comes, and has had its effect
	wake  func()                   // ends wait, from anywhere

	mu       sync.Mutex
	since    time.Time // when somebody did something, or Quiet was called
	awake    int       // ticks to come
	asked    int       // what was asked for and is not done
	queued   bool      // sleep is in the queue
	sleeping bool
}

// Asked says that something will be put in the loop's queue, which Done tells the end of.
func (l *Loop) Asked() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	if l.sleeping {
		l.wake()
	}
}

// Done says that something that was asked for is done.
func (l *Loop) Done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked--
	l.awake = max(l.awake, afterChange)
}

// Changed says that something may have to be drawn. What moves says so with each of its frames.
func (l *Loop) Changed() { l.stay(afterChange) }

// input says that somebody did something.
func (l *Loop) input() {
	l.stay(afterInput)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = l.now()
}

// stay keeps the loop awake for so many ticks.
func (l *Loop) stay(ticks int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awake = max(l.awake, ticks)
}

// frame is called for each frame, before it is drawn.
func (l *Loop) frame() {
	if l.tired() {
		l.queue(l.sleep)
	}
}

// tired takes a tick off, and reports whether it is time to sleep.
func (l *Loop) tired() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.awake > 0 {
		l.awake--
		return false
	}
	first := !l.queued
	l.queued = true
	return first
}

// sleep waits for what comes next, unless something came meanwhile.
func (l *Loop) sleep() {
	if !l.lieDown() {
		return
	}
	most, blinks := nap, l.blink()
	if blinks {
		most = blinked
	}
	l.wait(most)
	if l.rise() && !blinks && l.Quiet != nil {
		go l.Quiet()
	}
}

// lieDown reports whether there is nothing to do; from then on Asked wakes the loop.
func (l *Loop) lieDown() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queued = false
	l.sleeping = l.awake == 0 && l.asked == 0
	return l.sleeping
}

// rise reports whether Quiet is due.
func (l *Loop) rise() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sleeping = false
	now := l.now()
	due := now.Sub(l.since) >= quiet
	if due {
		l.since = now
	}
	return due
}
