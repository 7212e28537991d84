package port

import "runtime"

// mostHashes bounds the memory of a machine with many processors: hashes of 19 MiB in both of their lines, the directory's and
// the flows', stay below what the server's unit gives it (MemoryMax in assets/server/sparekey.service).
const mostHashes = 8

// processors are those that Go found when the program began; a server may let more of its threads run (command/setup).
var processors = runtime.GOMAXPROCS(0)

// HashesAtOnce is how many memory-hard hashes of one line are made at once: as many as there are processors, and no more than fit.
func HashesAtOnce() int { return min(processors, mostHashes) }
