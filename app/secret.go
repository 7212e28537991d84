package app

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Secret holds a value that must not reach a log, an error, a URL or a picture: a password, a token, a seed.
// Its printed forms say "[secret]", and JSON refuses it, so that only code that calls Reveal by name can pass it on.
type Secret struct {
	// Two pointers away, which is further than fmt follows where it can't call Format: in an unexported field.
	value **[]byte
	_     [0]func() // not comparable: == would tell nothing about the value
}

// alone is from how many bytes on something has memory of its own: Go's allocator puts what is shorter beside others, with whom it
// stays in memory after nobody refers to it any more.
const alone = 16

// NewSecret keeps a copy of value.
func NewSecret(value string) Secret {
	bytes := append(make([]byte, 0, max(len(value), alone)), value...)
	kept := &bytes
	return Secret{value: &kept}
}

// Reveal returns the value. The caller keeps the copy short-lived.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	var copied strings.Builder
	copied.Grow(max(len(**s.value), alone))
	copied.Write(**s.value)
	return copied.String()
}

// Lend calls use with the value itself, which must not be kept. Unlike Reveal it leaves no copy behind.
func (s Secret) Lend(use func(value []byte)) {
	if s.value == nil {
		use(nil)
		return
	}
	use(**s.value)
}

// Empty reports whether there is no value.
func (s Secret) Empty() bool { return s.value == nil || len(**s.value) == 0 }

// Wipe overwrites the value, here and in copies of the Secret; what Reveal gave is not reached.
func (s *Secret) Wipe() {
	if s.value != nil {
		clear(**s.value)
		**s.value = nil
	}
}

// String hides the value.
func (s Secret) String() string { return "[secret]" }

// Format hides the value from every verb of fmt, %x and %#v among them.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue hides the value from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalJSON refuses: a secret crosses the wire only through a field that was made for it.
func (s Secret) MarshalJSON() ([]byte, error) { return nil, errors.New("app: a secret is not JSON") }
