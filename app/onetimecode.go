package app

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"
)

// OneTimeCode is a code that was sent: six digits, uniform, leading zeros kept, of which only a salted hash is kept.
// It is bound to what it is for by the state that it is kept in, which has a form of its own for it.
type OneTimeCode struct {
	Salt    []byte
	Hash    []byte
	Sent    time.Time
	Expires time.Time
}

// NewOneTimeCode draws a code that lives from now for life. Its digits are returned once, for the message.
func NewOneTimeCode(random io.Reader, now time.Time, life time.Duration) (OneTimeCode, string, error) {
	n, err := rand.Int(random, big.NewInt(1_000_000))
	if err != nil {
		return OneTimeCode{}, "", fmt.Errorf("draw a code: %w", err)
	}
	salt := make([]byte, 16)
	if _, err := io.ReadFull(random, salt); err != nil {
		return OneTimeCode{}, "", fmt.Errorf("draw a salt: %w", err)
	}
	digits := fmt.Sprintf("%06d", n)
	return OneTimeCode{Salt: salt, Hash: hashCode(salt, digits), Sent: now, Expires: now.Add(life)}, digits, nil
}

// Check compares digits (already normalised) with the code at now: empty when they match, CodeWrongCode when they
// don't, CodeCodeExpired when the code's time is over (the last instant is still good), or is to come: the clock was put back.
func (c OneTimeCode) Check(now time.Time, digits string) Code {
	if subtle.ConstantTimeCompare(c.Hash, hashCode(c.Salt, digits)) != 1 || len(c.Hash) == 0 {
		return CodeWrongCode
	}
	if now.After(c.Expires) || now.Before(c.Sent) {
		return CodeCodeExpired
	}
	return ""
}

func hashCode(salt []byte, digits string) []byte {
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(digits))
	return mac.Sum(nil)
}

// decimalDigit gives the ASCII digit of an ASCII, Arabic-Indic, Persian or full-width one.
func decimalDigit(r rune) (digit rune, is bool) {
	for _, zero := range "0٠۰０" {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero, true
		}
	}
	return 0, false
}

// NormalDigits gives the six digits of what a person typed or pasted: ASCII and other decimal digits, with spaces and
// hyphens between them. CodeBadCode otherwise.
func NormalDigits(typed string) (string, error) {
	var b strings.Builder
	b.Grow(alone)
	for _, r := range typed {
		if strings.ContainsRune(" -\u00a0\u202f\t\n\r", r) {
			continue
		}
		digit, is := decimalDigit(r)
		if !is {
			return "", &Error{Code: CodeBadCode, Field: "code"}
		}
		b.WriteRune(digit)
	}
	if b.Len() != 6 {
		return "", &Error{Code: CodeBadCode, Field: "code"}
	}
	return b.String(), nil
}
