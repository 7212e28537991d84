package local_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/directory/local"
	"github.com/sparekey/sparekey/backend/port"
)

// counted counts the hashes that run.
type counted struct {
	local.Hasher
	running, most, all atomic.Int64
	gate               chan struct{} // where set, each Match waits for it
}

func (c *counted) enter() func() {
	c.all.Add(1)
	n := c.running.Add(1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	return func() { c.running.Add(-1) }
}

// reach waits until n hashes run.
func (c *counted) reach(n int64) {
	for c.running.Load() < n {
		runtime.Gosched()
	}
}

func (c *counted) Hash(password app.Secret) (string, error) {
	defer c.enter()()
	return c.Hasher.Hash(password)
}

func (c *counted) Match(phc string, password app.Secret) (bool, error) {
	defer c.enter()()
	if c.gate != nil {
		<-c.gate
	}
	return c.Hasher.Match(phc, password)
}

func TestParallelHashesAreBounded(t *testing.T) {
	h := &counted{Hasher: quick()}
	f := open(t, func(c *local.Config) { c.Hasher, c.Parallel, c.Threshold = h, 3, 0 })
	h.gate = make(chan struct{})
	const runs = 1000
	errs := make(chan error, runs)
	for i := range runs {
		go func() {
			if i%10 == 0 {
				errs <- f.set(right) // refused by the history, after a hash
				return
			}
			errs <- f.verify(right)
		}()
	}
	for range 3 { // three are in, and the others wait
		h.gate <- struct{}{}
	}
	close(h.gate)
	for range runs {
		var refusal *port.Refusal
		if err := <-errs; err != nil && !errors.As(err, &refusal) {
			t.Error(err)
		}
	}
	if most := h.most.Load(); most != 3 {
		t.Errorf("%d hashes ran at once, want 3", most)
	}
	if all := h.all.Load(); all < runs {
		t.Errorf("%d hashes for %d questions", all, runs)
	}
}

func TestWaitingToHashEndsWithTheContext(t *testing.T) {
	h := &counted{Hasher: quick()}
	f := open(t, func(c *local.Config) { c.Hasher, c.Parallel = h, 1 })
	h.gate = make(chan struct{})
	first := make(chan error)
	go func() { first <- f.verify(right) }()
	h.reach(1)
	ctx, cancel := context.WithCancel(context.Background())
	second := make(chan error)
	go func() { second <- f.Verify(ctx, "A1", app.NewSecret(right)) }()
	cancel()
	f.want("the one that waited", <-second, context.Canceled)
	close(h.gate)
	f.want("the first one", <-first, nil)
}

// TestGuessesAtOnce: however many guess at once, what comes after the threshold learns nothing.
func TestGuessesAtOnce(t *testing.T) {
	f := open(t, func(c *local.Config) { c.Parallel = 16 })
	var wrong, locked atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			switch err := f.verify("a guess"); {
			case errors.Is(err, port.ErrPassword):
				wrong.Add(1)
			case errors.Is(err, port.ErrLocked):
				locked.Add(1)
			default:
				t.Errorf("a guess: %v", err)
			}
		})
	}
	wg.Wait()
	if wrong.Load() != 3 || locked.Load() != 97 {
		t.Errorf("%d guesses were judged and %d refused, want 3 and 97", wrong.Load(), locked.Load())
	}
}

func TestEmptyPasswordIsNeverHashed(t *testing.T) {
	h := &counted{Hasher: quick()}
	f := open(t, func(c *local.Config) { c.Hasher, c.MinLength = h, 0 })
	f.put(local.Person{ID: "A2", UserID: "never"})
	before := h.all.Load()
	for range 5 { // more than the threshold: it does not count as a failure either
		f.want("verify", f.verify(""), port.ErrPassword)
		f.want("verify of one who has none", f.Verify(t.Context(), "A2", app.Secret{}), port.ErrPassword)
	}
	f.refused("set", f.set(""), "length")
	if got := h.all.Load(); got != before {
		t.Errorf("%d hashes of an empty password", got-before)
	}
	f.want("right", f.verify(right), nil)
	if phc, err := quick().Hash(app.Secret{}); err == nil {
		t.Errorf("hashed an empty password: %s", phc)
	}
	if ok, _ := quick().Match("", app.Secret{}); ok {
		t.Error("an empty password matches an empty hash")
	}
}

// TestAnswerAboutAnOldPassword: a password that is replaced while it is hashed is not right any more.
func TestAnswerAboutAnOldPassword(t *testing.T) {
	h := &counted{Hasher: quick()}
	f := open(t, func(c *local.Config) { c.Hasher, c.Parallel, c.History = h, 4, 0 })
	h.gate = make(chan struct{})
	answer := make(chan error)
	go func() { answer <- f.verify(right) }()
	h.reach(1)
	f.want("set meanwhile", f.set("a new password"), nil)
	close(h.gate)
	f.want("the answer about the old one", <-answer, port.ErrPassword)
	f.want("old", f.verify(right), port.ErrPassword)
}
