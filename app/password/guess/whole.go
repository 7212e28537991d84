package guess

import (
	"slices"
	"unicode/utf8"
)

// OnePiece reports whether one pattern covers all of a password. Where none does, no estimate has a single piece that is known;
// it takes a fraction of an estimate's time to say so.
func OnePiece(password string) bool {
	if !utf8.ValidString(password) || password == "" {
		return false
	}
	text := []rune(password)
	return wholeWord(text) || slices.ContainsFunc(otherThanWords(text), func(m match) bool { return m.from == 0 && m.to == len(text) })
}

// wholeWord reports whether a text is a word of the list: as it stands, backwards, or with look-alikes.
func wholeWord(text []rune) bool {
	d := newDictionary(nil)
	backwards := slices.Clone(text)
	slices.Reverse(backwards)
	whole := func(m match) bool { return m.to == len(text) }
	if slices.ContainsFunc(plainFrom(text, 0, d, 1), whole) || slices.ContainsFunc(plainFrom(backwards, 0, d, 1), whole) {
		return true
	}
	all := readings(text)
	if all == nil {
		return false
	}
	l := &lookAlike{text: text}
	l.follow(0, d, all)
	return slices.ContainsFunc(l.found, whole)
}
