package desktop

import (
	"math"
	"runtime/debug"
)

// mostMemory is what Go's part of the program takes, in bytes, when it may take more for a moment: a window lives on 6 to 8
// MiB, and hashing takes up to 19 MiB at once for each processor.
const mostMemory = 32 << 20

// giveBackMemory has what a moment took given back to the system right after it, and not minutes later. Whoever set a limit
// in the environment (GOMEMLIMIT) keeps it.
func giveBackMemory() {
	if given := debug.SetMemoryLimit(-1); given == math.MaxInt64 {
		debug.SetMemoryLimit(mostMemory)
	}
}
