package local

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// Argon2 hashes with argon2id (RFC 9106) into PHC strings:
//
//	$argon2id$v=19$m=19456,t=2,p=1$<salt, 16 bytes>$<hash, 32 bytes>
//
// Match goes by the figures in the string, so they may be raised at any time.
type Argon2 struct {
	Rand    port.Rand
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

var _ Hasher = Argon2{}

// DefaultArgon2 takes 19 MiB and two passes: about 15 ms.
func DefaultArgon2(random port.Rand) Argon2 {
	return Argon2{Rand: random, Memory: 19 * 1024, Time: 2, Threads: 1}
}

const (
	saltSize  = 16
	hashSize  = 32
	maxMemory = 1 << 20 // KiB: a string that asks for more is no work of ours
	maxTime   = 64
)

var errPHC = errors.New("local directory: not an argon2id string")

// Hash implements Hasher.
func (a Argon2) Hash(password app.Secret) (string, error) {
	if password.Empty() {
		return "", errors.New("local directory: an empty password is never hashed")
	}
	salt, err := a.draw(saltSize)
	if err != nil {
		return "", err
	}
	sum := argon2.IDKey([]byte(password.Reveal()), salt, a.Time, a.Memory, a.Threads, hashSize)
	return a.phc(salt, sum), nil
}

// Nobody implements Hasher. The hash is drawn, and of no password that anybody knows.
func (a Argon2) Nobody() (string, error) {
	drawn, err := a.draw(saltSize + hashSize)
	if err != nil {
		return "", err
	}
	return a.phc(drawn[:saltSize], drawn[saltSize:]), nil
}

func (a Argon2) draw(n int) ([]byte, error) {
	drawn := make([]byte, n)
	if _, err := io.ReadFull(a.Rand, drawn); err != nil {
		return nil, fmt.Errorf("local directory: draw a salt: %w", err)
	}
	return drawn, nil
}

func (a Argon2) phc(salt, sum []byte) string {
	return fmt.Sprintf("%s$%s$%s", a.prefix(), encode(salt), encode(sum))
}

func (a Argon2) prefix() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d", argon2.Version, a.Memory, a.Time, a.Threads)
}

// Match implements Hasher.
func (Argon2) Match(phc string, password app.Secret) (bool, error) {
	if password.Empty() {
		return false, nil
	}
	parts := strings.Split(phc, "$")
	if len(parts) != 6 {
		return false, errPHC
	}
	var a Argon2
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &a.Memory, &a.Time, &a.Threads); err != nil {
		return false, errPHC
	}
	salt, err1 := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	known := err1 == nil && err2 == nil && len(sum) == hashSize && len(salt) > 0 &&
		strings.Join(parts[:4], "$") == a.prefix()
	if !known || a.Time < 1 || a.Time > maxTime || a.Threads < 1 || a.Memory > maxMemory {
		return false, errPHC
	}
	got := argon2.IDKey([]byte(password.Reveal()), salt, a.Time, a.Memory, a.Threads, hashSize)
	return subtle.ConstantTimeCompare(got, sum) == 1, nil
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }
