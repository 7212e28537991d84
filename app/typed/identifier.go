package typed

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app"
)

// noBreak are the spaces that programs put in place of a blank to hold words together.
const noBreak = "\u00a0\u2007\u202f"

// Identifier cleans what names somebody or something: a user ID, an address, a number. Format characters (category Cf: marks
// of direction, zero-width spaces, a byte order mark) and no-break spaces are dropped wherever they stand, since a paste
// brings them along and nobody sees them; blanks and line ends are trimmed at the ends; letters are composed (NFC).
func Identifier(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || strings.ContainsRune(noBreak, r) {
			return -1
		}
		return r
	}, text)
	return NFC(strings.TrimSpace(text))
}

// Address cleans a mail address: an identifier, in which compatibility forms (NFKC) stand for what they are, as the
// full-width signs of East Asian keyboards do.
func Address(text string) string { return norm.NFKC.String(Identifier(text)) }

// maxUserID is the longest user ID, in characters: the longest mail address has 320 (RFC 3696 before its erratum).
const maxUserID = 320

// UserID cleans a user ID. What it may hold, the directory says; CodeBadUserID for what can be one in no directory: nothing,
// what is no text, control characters, more than 320 characters.
func UserID(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", badUserID()
	}
	text = Identifier(text)
	if text == "" || utf8.RuneCountInString(text) > maxUserID || strings.ContainsFunc(text, unicode.IsControl) {
		return "", badUserID()
	}
	return text, nil
}

func badUserID() *app.Error { return &app.Error{Code: app.CodeBadUserID, Field: "user_id"} }

// Name cleans the name that somebody gives to a thing: what ends a line, and tabs, become blanks, runs of blanks become one,
// and what can't be seen is dropped; letters are composed (NFC).
func Name(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r) && !strings.ContainsRune(joiners, r):
			return -1
		}
		return r
	}, text)
	return NFC(strings.Join(strings.Fields(text), " "))
}

// joiners are invisible, but part of how Persian, Indic scripts and many emoji are written.
const joiners = "\u200c\u200d"

// Printable reports whether text is what can be seen: valid UTF-8 of visible characters, spaces and joiners.
func Printable(text string) bool {
	for _, r := range text {
		if !unicode.IsGraphic(r) && !strings.ContainsRune(joiners, r) {
			return false
		}
	}
	return utf8.ValidString(text)
}
