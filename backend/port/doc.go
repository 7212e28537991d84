// Package port is what the backend needs of the world, and the records that pass through: a store, a directory, a
// deliverer, a sealer, a clock, randomness. Each has one implementation a technology, beside this package.
package port

import (
	"io"
	"time"
)

// Clock tells the time; tests inject one that stands still.
type Clock interface{ Now() time.Time }

// Rand is a source of randomness: crypto/rand.Reader, or a seeded one in tests.
type Rand = io.Reader
