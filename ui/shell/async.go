package shell

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/ui/kit"
)

// Runner is the way off the UI thread and back. This file holds the only one that starts goroutines; tests use one
// that stays where it is.
type Runner interface {
	// Run calls work away from the UI, and on the UI the function that it returned (nil for none).
	Run(work func() (then func()))
	// After calls f on the UI once d has passed, unless stop was called on the UI before.
	After(d time.Duration, f func()) (stop func())
	// Await calls f on the UI when changed is closed; never when ctx ends first.
	Await(ctx context.Context, changed <-chan struct{}, f func())
	// Follow calls work away from the UI, for as long as that takes. What work tells, from wherever, is done on the UI,
	// one after the other.
	Follow(work func(tell func(f func())))
}

// Background is the Runner of a real window.
type Background struct{}

var _ Runner = Background{}

// Run implements Runner.
func (Background) Run(work func() (then func())) {
	go func() {
		if then := work(); then != nil {
			kit.Do(then)
		}
	}()
}

// After implements Runner.
func (Background) After(d time.Duration, f func()) (stop func()) {
	stopped := false // read and written on the UI only
	timer := time.AfterFunc(d, func() {
		kit.Do(func() {
			if !stopped {
				f()
			}
		})
	})
	return func() {
		stopped = true
		timer.Stop()
	}
}

// Await implements Runner.
func (Background) Await(ctx context.Context, changed <-chan struct{}, f func()) {
	go func() {
		select {
		case <-changed:
			kit.Do(f)
		case <-ctx.Done():
		}
	}()
}

// Follow implements Runner.
func (Background) Follow(work func(tell func(f func()))) { go work(kit.Do) }
