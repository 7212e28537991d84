package typed

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app"
)

// NFC composes text (Unicode Standard Annex #15): a letter is the same however the keyboard made it. What is no UTF-8 stays
// as it is.
func NFC(text string) string { return norm.NFC.String(text) }

// Password gives a new password in the one form in which it is judged, compared and set: NFC. Nothing else of it changes.
func Password(given app.Secret) app.Secret { return app.NewSecret(NFC(given.Reveal())) }

// PresentPassword gives the forms in which a present password may have been set, the likeliest first: NFC, then as it was
// typed, where that differs. It was perhaps set elsewhere, by a program that composes nothing.
func PresentPassword(given app.Secret) []app.Secret {
	composed := Password(given)
	if composed.Reveal() == given.Reveal() {
		return []app.Secret{composed}
	}
	return []app.Secret{composed, given}
}

// SpaceAtEnds reports whether text begins or ends with a space of any kind, which nobody sees.
func SpaceAtEnds(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	return unicode.IsSpace(first) || unicode.IsSpace(last)
}
