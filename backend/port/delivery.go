package port

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/app"
)

// ErrUndeliverable is a failure that trying again does not mend.
var ErrUndeliverable = errors.New("undeliverable")

// Deliverer carries a message out. nil means that the next hop has taken it. It may be asked twice for the same
// message (m.ID) after a crash.
type Deliverer interface {
	Deliver(ctx context.Context, m app.Message) error
}

// Sealer encrypts what the store keeps: envelope encryption (AES-256-GCM under data keys that a master key wraps).
type Sealer interface {
	// Seal encrypts; the result names the data key. The associated data binds it to its place, e.g. "flow.state|ID".
	Seal(plain []byte, place string) ([]byte, error)
	// Open decrypts what Seal made for the same place.
	Open(sealed []byte, place string) ([]byte, error)
	// Refresh takes over what another process did to the keys; what it can't read it does not go on without.
	Refresh() error
	// Current reports whether a value is sealed under the key that Seal seals under.
	Current(sealed []byte) bool
	// Index is a keyed hash (HMAC-SHA-256) by which a value can be found and not read; purpose keeps indexes apart.
	Index(purpose, value string) []byte
}
