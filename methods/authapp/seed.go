package authapp

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/sparekey/sparekey/app"
)

const (
	seedSize = 20 // bytes: 160 bits, the size of SHA-1 (RFC 4226, 4: R6)
	period   = 30 // seconds
	skew     = 1  // steps before and after the present one (RFC 6238, 5.2)
	drift    = 20 // steps before and after the present one among which a new app's code tells how far its clock is off
)

// seed is the shared secret of one app.
type seed []byte

func drawSeed(random io.Reader) (seed, error) {
	drawn := make(seed, seedSize)
	if _, err := io.ReadFull(random, drawn); err != nil {
		return nil, fmt.Errorf("authapp: draw a seed: %w", err)
	}
	return drawn, nil
}

// base32 is the form that apps read: upper case, no padding.
func (s seed) base32() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s)
}

// groups cuts the base32 form into groups of four, for typing.
func (s seed) groups() []app.Secret {
	text := s.base32()
	var groups []app.Secret
	for ; len(text) > 4; text = text[4:] {
		groups = append(groups, app.NewSecret(text[:4]))
	}
	return append(groups, app.NewSecret(text))
}

// code computes the six digits of a time step: TOTP is HOTP over the step (RFC 6238, 4.2).
func (s seed) code(step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(s.base32(), uint64(step), hotp.ValidateOpts{
		Digits:    otp.DigitsSix,
		Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return "", fmt.Errorf("authapp: compute a code: %w", err)
	}
	return code, nil
}

// match looks for digits among the codes up to so many steps around now, and gives the newest step that has them: used
// there, they are used everywhere. It takes the same time whether they match or not.
func (s seed) match(now time.Time, around int64, digits string) (step int64, matched bool, err error) {
	present := stepAt(now)
	for candidate := present - around; candidate <= present+around; candidate++ {
		code, err := s.code(candidate)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(digits)) == 1 {
			step, matched = candidate, true
		}
	}
	return step, matched, nil
}

// stepAt is the time step of t (RFC 6238, 4.2, with T0 = 0).
func stepAt(t time.Time) int64 { return t.Unix() / period }
