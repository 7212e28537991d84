package desktop

import (
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/sparekey/sparekey/ui/kit"
)

// scrub has what nothing refers to any more overwritten and given back to the system. With GODEBUG=clobberfree=1, which the
// command sets, the collector writes over what it frees; what was on a stack it leaves as it was.
func scrub() {
	runtime.GC() // what has a finalizer, and what a pool keeps for one round, goes with the second
	runtime.GC()
	scrubStacks()
	kit.DoAndWait(func() { overwrite(deepest) })
	debug.FreeOSMemory()
}

const (
	atOnce  = 128 // stacks that are overwritten at the same time: more than the program has had goroutines
	deepest = 64  // frames of overwrite, of a little more than 512 bytes each
)

// scrubStacks overwrites stacks that goroutines had which have ended: each new goroutine is given one of them, and larger ones
// as it goes deeper.
func scrubStacks() {
	var all sync.WaitGroup
	deep := make(chan struct{})
	for range atOnce {
		all.Add(1)
		go func() {
			overwrite(deepest)
			all.Done()
			<-deep // so that no stack is given out twice
		}()
	}
	all.Wait()
	close(deep)
}

// overwrite writes over so many frames of the stack at hand.
//
//go:noinline
func overwrite(frames int) byte {
	var frame [512]byte
	clear(frame[:])
	if frames == 0 {
		return frame[0]
	}
	return overwrite(frames-1) + frame[frames%len(frame)]
}
