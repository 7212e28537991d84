package rest

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// toolkit is the toolkit's loop and all that may happen to it, in an order that chance decides.
type toolkit struct {
	t      *testing.T
	chance *rand.Rand
	l      *Loop
	queue  []func()
	events []func() // that came, and were not looked at
	asks   int      // that were announced, and are not in the queue yet
	asked  int      // that are in the queue
	dirty  bool
	woken  bool
	naps   int
}

func newToolkit(t *testing.T, seed uint64) *toolkit {
	k := &toolkit{t: t, chance: rand.New(rand.NewPCG(seed, 0))}
	k.l = &Loop{
		now: time.Now, blink: func() bool { return false }, queue: func(f func()) { k.queue = append(k.queue, f) },
		wait: k.wait, wake: func() { k.woken = true },
	}
	return k
}

// look has the events that came take effect.
func (k *toolkit) look() {
	events := k.events
	k.events = nil
	for _, f := range events {
		f()
	}
}

// tick is what the toolkit does sixty times a second.
func (k *toolkit) tick() {
	k.look()
	k.l.frame()
	k.dirty = false
}

// step is one turn of the loop: something from its queue, or a tick.
func (k *toolkit) step() {
	if len(k.queue) > 0 && k.chance.IntN(2) == 0 {
		f := k.queue[0]
		k.queue = k.queue[1:]
		f()
		return
	}
	k.tick()
}

// happen is what others do meanwhile, if chance will have it.
func (k *toolkit) happen() {
	switch k.chance.IntN(40) {
	case 0: // a key, say
		k.events = append(k.events, func() { k.l.input(); k.dirty = true })
	case 1: // a menu of the system's, say
		k.events = append(k.events, func() { k.dirty = true })
	case 2:
		k.l.Asked()
		k.asks++
	case 3, 4:
		if k.asks > 0 {
			k.asks--
			k.asked++
			k.queue = append(k.queue, func() { k.asked--; k.dirty = true; k.l.Done() })
		}
	}
}

func (k *toolkit) wait(most time.Duration) {
	k.naps++
	if k.dirty || k.asks+k.asked > 0 {
		k.t.Fatalf("it sleeps while something is undrawn: %t, asked for: %d", k.dirty, k.asks+k.asked)
	}
	for k.woken = false; len(k.events) == 0 && k.chance.IntN(100) > 0; k.happen() {
		if k.asks > 0 {
			if !k.woken {
				k.t.Fatal("it sleeps on when something is asked for")
			}
			return
		}
	}
	k.look()
}

func TestTheLoopNeverSleepsOnSomethingUndrawn(t *testing.T) {
	for seed := range uint64(200) {
		k := newToolkit(t, seed)
		for range 5000 {
			k.happen()
			k.step()
		}
		if k.naps == 0 {
			t.Errorf("seed %d: it never slept", seed)
		}
	}
}

// frames counts the ticks until the loop sleeps.
func (k *toolkit) frames() int {
	for ticks, naps := 0, k.naps; ; ticks++ {
		for len(k.queue) > 0 {
			f := k.queue[0]
			k.queue = k.queue[1:]
			f()
		}
		if k.naps > naps {
			return ticks
		}
		k.tick()
	}
}

func TestHowLongTheLoopStaysAwake(t *testing.T) {
	k := newToolkit(t, 1)
	k.l.wait = func(time.Duration) { k.naps++ }
	if n := k.frames(); n != 1 {
		t.Errorf("with nothing to do it sleeps after %d frames", n)
	}
	k.l.Changed()
	if n := k.frames(); n != afterChange+1 {
		t.Errorf("after a change it sleeps after %d frames", n)
	}
	k.l.input()
	k.l.Changed()
	if n := k.frames(); n != afterInput+1 {
		t.Errorf("after a key it sleeps after %d frames", n)
	}
	var most time.Duration
	k.l.wait = func(d time.Duration) { k.naps++; most = d }
	k.l.blink = func() bool { return true }
	if k.frames(); most > 50*time.Millisecond {
		t.Errorf("it sleeps for %v while a cursor blinks", most)
	}
}

func TestQuietIsCalledWhileNobodyDoesAnything(t *testing.T) {
	synctest.Test(t, quietIsCalled)
}

func quietIsCalled(t *testing.T) {
	k := newToolkit(t, 1)
	now, called := time.Unix(0, 0), make(chan struct{})
	k.l.now = func() time.Time { return now }
	k.l.Quiet = func() { called <- struct{}{} }
	k.l.wait = func(most time.Duration) { k.naps++; now = now.Add(most) }
	k.l.input()
	for round := range 2 {
		for range 2 {
			k.frames()
		}
		k.l.mu.Lock()
		if got := now.Sub(k.l.since); got != 2*nap {
			t.Errorf("round %d: %v after the last key, or call, another one was made", round, got)
		}
		k.l.mu.Unlock()
		k.frames()
		<-called
	}
	k.frames()
	k.l.input()
	k.frames()
	k.frames()
	synctest.Wait()
	select {
	case <-called:
		t.Error("2 s after a key")
	default:
	}
	k.frames()
	<-called
	k.l.blink = func() bool { return true }
	for range 200 {
		k.frames()
	}
	synctest.Wait()
	select {
	case <-called:
		t.Error("while a cursor blinks")
	default:
	}
}
