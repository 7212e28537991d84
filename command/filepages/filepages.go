// Package filepages gives the pages of the program's own file back, which its start, or somebody's visit, has left in a process that
// is at rest. The system keeps them in its page cache, and the process has those again that it touches.
package filepages

import "sync"

// worthwhile is from how many bytes on there is something to give back: what a process does by itself while it rests comes to less.
const worthwhile = 16 << 20

// Pages are what this process holds of files.
type Pages struct {
	mu   sync.Mutex
	left int // bytes that were resident when some had been given back
}
