package guess

import (
	_ "embed"
	"unicode/utf8"
)

// list has the words and passwords that people use most, in lower case: those of zxcvbn (MIT licence, Dropbox and
// contributors), sorted bytewise. Behind each stands its rank, from 1, in three bytes below a space with 5 bits each, the
// highest first: so a word ends where such a byte stands, and is sorted before what it begins.
//
//go:embed words.list
var list string

const (
	rankBytes = 3
	rankBits  = 5
)

// span is the part of list whose words share their first bytes.
type span struct {
	low, high int // list[low:high]
	depth     int // how many bytes they share
}

// narrow gives the part whose words go on with a character; ok is false where none does.
func (s span) narrow(r rune) (span, bool) {
	if r < ' ' || r >= utf8.RuneSelf {
		return span{}, false
	}
	c := byte(r)
	low := s.first(func(next byte) bool { return next >= c })
	s.low = low
	high := s.first(func(next byte) bool { return next > c })
	return span{low: low, high: high, depth: s.depth + 1}, low < high
}

// first searches the first word of the part whose byte behind those that are shared is far enough; s.high for none.
func (s span) first(far func(byte) bool) int {
	low, high := s.low, s.high
	for low < high {
		word := begin(low + (high-low)/2)
		if far(list[word+s.depth]) {
			high = word
		} else {
			low = end(word) + rankBytes
		}
	}
	return low
}

// rank gives the rank of the word that is all that the part shares; 0 where there is none.
func (s span) rank() int {
	if s.low == s.high || list[s.low+s.depth] >= ' ' {
		return 0
	}
	rank := 0
	for _, b := range []byte(list[s.low+s.depth:][:rankBytes]) {
		rank = rank<<rankBits | int(b)
	}
	return rank
}

// begin gives where the word begins in whose entry a place lies.
func begin(at int) int {
	for at > 0 && (list[at] < ' ' || list[at-1] >= ' ') {
		at--
	}
	return at
}

// end gives where the word ends that begins at a place.
func end(at int) int {
	for list[at] >= ' ' {
		at++
	}
	return at
}
