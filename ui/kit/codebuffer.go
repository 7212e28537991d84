package kit

import (
	"slices"
	"strings"
)

// codeLength is how many digits a code has.
const codeLength = 6

// codeBuffer is a code being typed: its digits so far and where the next one
// goes. The zero value is empty.
type codeBuffer struct {
	digits []rune
	caret  int
}

// zeros are the zeros of the scripts whose digits people's keyboards and
// messages write: ASCII, Arabic, Persian, Devanagari, Bengali, Thai, full-width.
var zeros = []rune{'0', '\u0660', '\u06F0', '\u0966', '\u09E6', '\u0E50', '\uFF10'}

// asciiDigit returns the ASCII form of a decimal digit.
func asciiDigit(r rune) (rune, bool) {
	for _, zero := range zeros {
		if r >= zero && r <= zero+9 {
			return '0' + r - zero, true
		}
	}
	return 0, false
}

// text returns the digits, in memory of their own: Go's allocator puts what is shorter than 16 bytes beside others, with whom it
// stays there.
func (b *codeBuffer) text() string {
	var text strings.Builder
	text.Grow(16)
	for _, d := range b.digits {
		text.WriteRune(d)
	}
	return text.String()
}

// full reports whether no digit is missing.
func (b *codeBuffer) full() bool { return len(b.digits) == codeLength }

// put puts r at the caret, over what is there. It reports whether r was a
// digit there is room for.
func (b *codeBuffer) put(r rune) bool {
	d, ok := asciiDigit(r)
	if !ok || b.caret >= codeLength {
		return false
	}
	if b.caret < len(b.digits) {
		b.digits[b.caret] = d
	} else {
		b.digits = append(b.digits, d)
	}
	b.caret++
	return true
}

// fill puts a whole code in, in place of what is there.
func (b *codeBuffer) fill(code string) {
	b.digits, b.caret = []rune(code), codeLength
}

// backspace removes the digit before the caret.
func (b *codeBuffer) backspace() bool {
	if b.caret == 0 {
		return false
	}
	b.caret--
	b.digits = slices.Delete(b.digits, b.caret, b.caret+1)
	return true
}

// remove removes the digit at the caret.
func (b *codeBuffer) remove() bool {
	if b.caret >= len(b.digits) {
		return false
	}
	b.digits = slices.Delete(b.digits, b.caret, b.caret+1)
	return true
}

// move moves the caret by this many digits, within what was typed.
func (b *codeBuffer) move(by int) {
	b.caret = min(max(b.caret+by, 0), len(b.digits))
}

// clear empties the buffer.
func (b *codeBuffer) clear() { *b = codeBuffer{} }

// cell is which cell the next digit goes to; the last one when none is missing.
func (b *codeBuffer) cell() int { return min(b.caret, codeLength-1) }
