package desktop

import (
	"math"
	"runtime"
	"runtime/debug"
)

// How much Go's part of the program takes, in bytes, when it may take more for a moment: a window lives on 6 to 10 MiB, and a
// processor that looks for a proof of work hashes 8 MiB at a time, so that with less it would wait for the collector.
const (
	windowMemory    = 16 << 20
	processorMemory = 16 << 20
)

// giveBackMemory has what a moment took given back to the system right after it, and not minutes later. Whoever set a limit
// in the environment (GOMEMLIMIT) keeps it.
func giveBackMemory() {
	if given := debug.SetMemoryLimit(-1); given == math.MaxInt64 {
		debug.SetMemoryLimit(mostMemory(runtime.NumCPU()))
	}
}

func mostMemory(processors int) int64 { return windowMemory + int64(processors)*processorMemory }
