package questions

import (
	"crypto/subtle"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// Cost is what one answer's hash takes (argon2id, RFC 9106, one lane).
type Cost struct {
	Memory uint32 `json:"memory"` // KiB
	Passes uint32 `json:"passes"`
}

// defaultCost takes 19 MiB and two passes: about 15 ms for an answer.
var defaultCost = Cost{Memory: 19 * 1024, Passes: 2}

const (
	saltSize  = 16 // bytes
	hashSize  = 32 // bytes
	maxMemory = 64 * 1024
	maxPasses = 8
)

// valid reports whether the cost is one that a credential of ours may name.
func (c Cost) valid() bool {
	return c.Memory >= 8 && c.Memory <= maxMemory && c.Passes >= 1 && c.Passes <= maxPasses
}

func (c Cost) hash(answer string, salt []byte) []byte {
	return argon2.IDKey([]byte(answer), salt, c.Passes, c.Memory, 1, hashSize)
}

func newSalt(random io.Reader) ([]byte, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, fmt.Errorf("questions: draw a salt: %w", err)
	}
	return salt, nil
}

func equal(a, b []byte) bool { return len(a) == hashSize && subtle.ConstantTimeCompare(a, b) == 1 }
