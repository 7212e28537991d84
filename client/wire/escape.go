package wire

import (
	"bytes"
	"strconv"
	"unicode/utf16"
)

// HasHalfCharacter reports whether a JSON text has an escape that stands for no character: one surrogate without the other
// (RFC 8259, section 8.2). encoding/json reads each of the 2,048 as U+FFFD, so that different texts would become one.
func HasHalfCharacter(text []byte) bool {
	for {
		unit, rest, found := nextEscape(text)
		if !found {
			return false
		}
		text = rest
		if !utf16.IsSurrogate(unit) {
			continue
		}
		if !bytes.HasPrefix(rest, []byte(`\u`)) {
			return true
		}
		second, behind, _ := nextEscape(rest)
		if utf16.DecodeRune(unit, second) == '\ufffd' {
			return true
		}
		text = behind
	}
}

// LostText reports whether json.Marshal put U+FFFD in the place of what was no UTF-8: it escapes that one, and writes the
// character itself as it is.
func LostText(marshalled []byte) bool {
	for {
		unit, rest, found := nextEscape(marshalled)
		if !found || unit == '\ufffd' {
			return found
		}
		marshalled = rest
	}
}

// nextEscape gives the code unit of the next \u escape in a JSON text, and what stands behind it. What is no number is 0.
func nextEscape(text []byte) (unit rune, rest []byte, found bool) {
	for {
		at := bytes.IndexByte(text, '\\')
		if at < 0 || at+1 >= len(text) {
			return 0, nil, false
		}
		kind := text[at+1]
		text = text[at+2:]
		if kind != 'u' {
			continue
		}
		if len(text) < 4 {
			return 0, nil, false
		}
		n, err := strconv.ParseUint(string(text[:4]), 16, 16)
		if err != nil {
			n = 0
		}
		return rune(n), text[4:], true
	}
}
