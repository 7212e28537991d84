package app

import (
	"errors"
	"log/slog"
)

// Secret holds a value that must not reach a log, an error, a URL or a picture: a password, a token, a seed.
// Its printed forms say "[secret]", and JSON refuses it, so that only code that calls Reveal by name can pass it on.
type Secret struct{ value []byte }

// NewSecret keeps a copy of value.
func NewSecret(value string) Secret { return Secret{value: []byte(value)} }

// Reveal returns the value. The caller keeps the copy short-lived.
func (s Secret) Reveal() string { return string(s.value) }

// Empty reports whether there is no value.
func (s Secret) Empty() bool { return len(s.value) == 0 }

// Wipe overwrites the value held here; copies made by Reveal are not reached.
func (s *Secret) Wipe() {
	clear(s.value)
	s.value = nil
}

// String hides the value.
func (s Secret) String() string { return "[secret]" }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return "[secret]" }

// LogValue hides the value from structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue("[secret]") }

// MarshalJSON refuses: a secret crosses the wire only through a field that was made for it.
func (s Secret) MarshalJSON() ([]byte, error) { return nil, errors.New("app: a secret is not JSON") }
