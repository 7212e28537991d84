package authapp

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/skip2/go-qrcode"
)

// keyURI writes the Key URI Format: otpauth://totp/Issuer:account?secret=…&issuer=…&algorithm=SHA1&digits=6&period=30.
// A space is %20, since some apps show a "+" as it is.
func keyURI(issuer, account string, secret seed) string {
	return fmt.Sprintf("otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=%d",
		escape(issuer), escape(account), secret.base32(), escape(issuer), period)
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// label is s as an issuer or account may stand in a key URI: no colon, which parts the two, nothing that can't be
// seen, and not empty.
func label(s string) string {
	seen := strings.Map(func(r rune) rune {
		switch {
		case r == ':':
			return '-'
		case !unicode.IsGraphic(r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if seen = strings.TrimSpace(seen); seen == "" {
		return "Sparekey"
	}
	return seen
}

// Modules draws text as a QR code: rows of modules, true for dark, with the least error recovery, since a screen has no
// scratches and larger modules are read from further away, and no border. It fails where text is longer than a QR code
// holds.
func Modules(text string) ([][]bool, error) {
	code, err := qrcode.New(text, qrcode.Low)
	if err != nil {
		return nil, fmt.Errorf("authapp: draw a QR code: %w", err)
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}
