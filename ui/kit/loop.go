package kit

import (
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
)

// Loop is told of what the UI thread has to do, by whoever has it rest while there is nothing.
type Loop interface {
	Asked()   // something is about to be asked of the UI thread; from anywhere
	Done()    // it is done; on the UI thread
	Changed() // something moved, and goes on moving; on the UI thread
}

var (
	loop  atomic.Pointer[Loop]
	ended atomic.Bool
)

// SetLoop has l told. Call it before there is a window.
func SetLoop(l Loop) {
	loop.Store(&l)
	ended.Store(false)
}

// End has nothing done any more that is asked of the UI thread from now on, until the next SetLoop. Call it as soon as the toolkit's
// loop is told to end: afterwards the toolkit does what it is asked for wherever it is asked, and at the very end it panics. From
// anywhere.
func End() { ended.Store(true) }

// Do calls f on the UI thread, after what was asked for before, and does not wait for it. From anywhere.
func Do(f func()) {
	if !ended.Load() {
		fyne.Do(told(f))
	}
}

// DoAndWait calls f on the UI thread, after what was asked for before, and waits for it; after End it does neither. From any goroutine
// but the UI thread's. One that waits as the loop ends may wait for ever: nothing that the end of the program waits for may do so.
func DoAndWait(f func()) {
	if !ended.Load() {
		fyne.DoAndWait(told(f))
	}
}

// told tells the loop of f, which is about to be asked for, and of its end.
func told(f func()) func() {
	l := loop.Load()
	if l == nil {
		return f
	}
	(*l).Asked()
	return func() {
		f()
		(*l).Done()
	}
}

// newMotion is a movement that goes round until it is stopped, once in so long. For each frame tick draws how much of the way is
// done, from 0 to 1.
func newMotion(round time.Duration, curve fyne.AnimationCurve, tick func(done float32)) *fyne.Animation {
	return &fyne.Animation{
		Duration: round, RepeatCount: fyne.AnimationRepeatForever, Curve: curve,
		Tick: func(done float32) {
			tick(done)
			if l := loop.Load(); l != nil {
				(*l).Changed()
			}
		},
	}
}

// Blinks reports whether f is a field in which a cursor blinks.
func Blinks(f fyne.Focusable) bool {
	e, is := f.(*entry)
	return is && e.focused
}
