package desktop

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
)

// TestWhatAMomentTookIsGivenBack: there is a limit, above which the collector works and gives back, unless one was given.
func TestWhatAMomentTookIsGivenBack(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	for given, want := range map[int64]int64{math.MaxInt64: mostMemory(runtime.NumCPU()), 1 << 30: 1 << 30} {
		debug.SetMemoryLimit(given)
		giveBackMemory()
		if got := debug.SetMemoryLimit(-1); got != want {
			t.Errorf("given %d, the limit is %d, want %d", given, got, want)
		}
	}
}

func TestWhatAVisitLeftIsGivenBackAtRest(t *testing.T) {
	percent := debug.SetGCPercent(-1) // nothing is collected by itself
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	giveBack := givesBackAtRest()
	giveBack()
	visit := make([]byte, 8*unusedMemory)
	if got := unused(); got < uint64(len(visit)) {
		t.Errorf("%d bytes are unused, of %d that were allocated since", got, len(visit))
	}
	runtime.KeepAlive(visit)
	giveBack()
	if got := unused(); got >= unusedMemory {
		t.Errorf("%d bytes are unused at rest", got)
	}
}
