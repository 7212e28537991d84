package kit

import (
	"slices"
	"strings"
	"unicode"
)

// pastedCode is what a pasted text holds of codes.
type pastedCode struct {
	codes []string // the different codes in it, in ASCII
	bare  bool     // beside one code there is nothing but blanks
}

// readPasted finds the codes in a pasted text: six digits that stand alone, with at most one blank or hyphen in their
// middle. Digits that other digits follow or precede across a blank, a hyphen or a sign as numbers have it belong to a
// longer number, such as a telephone's; what touches a letter is a word's. What can't be seen counts for nothing.
func readPasted(s string) pastedCode {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	text := []rune(strings.TrimSpace(s))
	var found pastedCode
	for i := 0; i < len(text); {
		if _, is := asciiDigit(text[i]); !is {
			i++
			continue
		}
		begin := i
		i = endOfNumber(text, begin)
		code, is := codeOf(text[begin:i])
		if !is || begin > 0 && attached(text[begin-1]) || i < len(text) && attached(text[i]) {
			continue
		}
		if !slices.Contains(found.codes, code) {
			found.codes = append(found.codes, code)
		}
		found.bare = begin == 0 && i == len(text)
	}
	return found
}

// endOfNumber gives where the number that begins with a digit ends: its digits, each parted from the next by one sign at
// most.
func endOfNumber(text []rune, begin int) int {
	end := begin + 1
	for end < len(text) {
		next := end
		if parts(text[next]) {
			next++
		}
		if next == len(text) {
			break
		}
		if _, is := asciiDigit(text[next]); !is {
			break
		}
		end = next + 1
	}
	return end
}

// parts reports whether r may stand between two digits of one number.
func parts(r rune) bool {
	return gap(r) || strings.ContainsRune(".,/:()+'’", r)
}

// gap reports whether r may stand in the middle of a code: a blank within a line, or a hyphen.
func gap(r rune) bool {
	return r == '\t' || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Pd, r) || r == '−'
}

// codeOf gives the six digits of a number that is written as a code is: 675293, 675 293 or 675-293.
func codeOf(number []rune) (code string, is bool) {
	var digits []rune
	for i, r := range number {
		d, is := asciiDigit(r)
		switch {
		case is:
			digits = append(digits, d)
		case i != codeLength/2 || !gap(r):
			return "", false
		}
	}
	return string(digits), len(digits) == codeLength
}

// attached reports whether a sign beside digits makes them part of something else: a plus, or a letter of a script that
// parts its words.
func attached(r rune) bool {
	return r == '+' || r == '_' || unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}
