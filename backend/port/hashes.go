package port

import "runtime"

// mostHashes bounds the memory of a machine with many processors: hashes of 19 MiB in both of their lines, the directory's and
// the flows', stay below what the server's unit gives it (MemoryMax in assets/server/sparekey.service).
const mostHashes = 8

// HashesAtOnce is how many memory-hard hashes of one line are made at once: as many as there are processors, and no more than fit.
func HashesAtOnce() int { return min(runtime.GOMAXPROCS(0), mostHashes) }
