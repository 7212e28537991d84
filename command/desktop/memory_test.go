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
