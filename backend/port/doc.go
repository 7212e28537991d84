// Package port is what the backend needs of the world, and the records that pass through: a store, a directory, a
// deliverer, a sealer, a clock, randomness. Each has one implementation a technology, beside this package.
package port

import (
	"context"
	"io"
	"time"
)

// Clock tells the time; tests inject one that stands still.
type Clock interface{ Now() time.Time }

// Beat is what a reply waits for that must not tell by its time what was done for it.
type Beat interface {
	// Asked notes that a request came; the reply is held until the next beat after it is ready, or until ctx is done.
	Asked() (hold func(ctx context.Context))
}

// Rand is a source of randomness: crypto/rand.Reader, or a seeded one in tests.
type Rand = io.Reader
