package core

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"strings"
	"sync"

	"github.com/sparekey/sparekey/app"
)

// lockedReader lets several goroutines share a source of randomness.
type lockedReader struct {
	mu sync.Mutex
	r  io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return io.ReadFull(l.r, p)
}

// NewToken draws 256 bits; the caller hands the token out and keeps its hash.
func (c *Core) NewToken() (app.Secret, []byte, error) {
	bits, err := c.random(32)
	if err != nil {
		return app.Secret{}, nil, err
	}
	text := base64.RawURLEncoding.EncodeToString(bits)
	return app.NewSecret(text), Digest(text), nil
}

// NewID draws a public identifier of 128 bits.
func (c *Core) NewID() (string, error) {
	bits, err := c.random(16)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(bits), nil
}

// NewMessageID draws an identifier of 80 bits behind the time in milliseconds (48 bits), in the order of the time: messages lie
// side by side in the store.
func (c *Core) NewMessageID() (string, error) {
	bits, err := c.random(10)
	if err != nil {
		return "", err
	}
	at := binary.BigEndian.AppendUint64(nil, uint64(c.Now().UnixMilli()))[2:]
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(append(at, bits...))), nil
}

func (c *Core) random(n int) ([]byte, error) {
	bits := make([]byte, n)
	if _, err := io.ReadFull(c.Rand, bits); err != nil {
		return nil, app.Errorf(app.CodeInternal, "draw random bits: %w", err)
	}
	return bits, nil
}

// Alphabets for what people read out on the telephone: no 0 and O, 1, I and L.
const (
	readableDigits  = "23456789"
	readableLetters = "ABCDEFGHJKMNPQRSTUVWXYZ"
	readable        = readableDigits + readableLetters
)

// Pick draws n characters of an alphabet.
func (c *Core) Pick(alphabet string, n int) (string, error) { return pickBy(c.Rand, alphabet, n) }

func pickBy(r io.Reader, alphabet string, n int) (string, error) {
	text := make([]byte, n)
	for i := range text {
		at, err := rand.Int(r, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", app.Errorf(app.CodeInternal, "draw a character: %w", err)
		}
		text[i] = alphabet[at.Int64()]
	}
	return string(text), nil
}

// NewSupportCode draws a code like "H7K2-9QWD": 39 bits, which find an audit trail and give no right.
func (c *Core) NewSupportCode() (string, error) {
	text, err := c.Pick(readable, 8)
	if err != nil {
		return "", err
	}
	return text[:4] + "-" + text[4:], nil
}

// NewReceipt draws a receipt like "R-4827-KXQ".
func (c *Core) NewReceipt() (string, error) { return receiptBy(c.Rand) }

// ReceiptOf is the receipt that a subject always gets, which nobody can tell from one that was drawn.
func (c *Core) ReceiptOf(subject string) (string, error) {
	return receiptBy(mathrand.NewChaCha8([32]byte(c.Sealer.Index("receipt", subject))))
}

func receiptBy(r io.Reader) (string, error) {
	digits, err := pickBy(r, readableDigits, 4)
	if err != nil {
		return "", err
	}
	letters, err := pickBy(r, readableLetters, 3)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("R-%s-%s", digits, letters), nil
}

// Digest is SHA-256: enough for tokens and keys, which are random themselves.
func Digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}
