package desktop

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"github.com/sparekey/sparekey/command/filepages"
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

// unusedMemory is from how many bytes on it pays to collect garbage for a window at rest.
const unusedMemory = 4 << 20

// givesBackAtRest gives a function that gives back what the start or somebody's visit left, in Go's part of the program and of its file,
// if that is much. From anywhere.
func givesBackAtRest() func() {
	var pages filepages.Pages
	return func() {
		if unused() >= unusedMemory {
			debug.FreeOSMemory()
		}
		pages.GiveBack() // after the collector, which goes through much of the file's tables
	}
}

// unused is how many bytes of the system's memory Go's part of the program has and does not refer to, about: what is free, and what was
// allocated since garbage was collected.
func unused() uint64 {
	figures := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(figures)
	free, objects, live := figures[0].Value.Uint64(), figures[1].Value.Uint64(), figures[2].Value.Uint64()
	return free + objects - min(live, objects)
}
