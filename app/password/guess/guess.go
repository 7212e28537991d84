// Package guess estimates how many guesses find a password, as zxcvbn does (Wheeler, "zxcvbn: Low-Budget Password Strength
// Estimation", USENIX Security 2016): it looks for words, keyboard walks, repeats, sequences and dates, and takes the
// pieces that a guesser would need the fewest guesses for. It costs nothing before it is asked, and its words are read where
// they lie in the program.
package guess

import "unicode/utf8"

// Pattern is what a piece of a password is.
type Pattern string

// The patterns.
const (
	Random   Pattern = "random"   // nothing that is known
	Word     Pattern = "word"     // in the list, also backwards and with look-alikes
	Walk     Pattern = "walk"     // on a keyboard
	Repeat   Pattern = "repeat"   // of a shorter text
	Sequence Pattern = "sequence" // of characters with equal distances
	Year     Pattern = "year"
	Date     Pattern = "date"
)

// Estimate is how hard a password is to guess.
type Estimate struct {
	Guesses float64   // at least 1
	Pieces  []Pattern // those that take the fewest guesses, from left to right
}

// Of estimates a password. Terms are words that a guesser would try first, the likeliest at the beginning. The time grows
// faster than the length of the password: the caller bounds it. What is no UTF-8 is taken for weak.
func Of(password string, terms []string) Estimate {
	if !utf8.ValidString(password) {
		return Estimate{Guesses: 1}
	}
	return estimate([]rune(password), terms)
}

func estimate(text []rune, terms []string) Estimate {
	return fewest(text, matches(text, terms))
}

// Score is the estimate as five steps: below 10^3 guesses, 10^6, 10^8, 10^10, and above.
func (e Estimate) Score() int {
	const slack = 5 // guesses that are the pieces' own
	for score, limit := range []float64{1e3, 1e6, 1e8, 1e10} {
		if e.Guesses < limit+slack {
			return score
		}
	}
	return 4
}

// match is a part of the text that is a pattern: text[from:to].
type match struct {
	from, to int
	pattern  Pattern
	guesses  float64
}

// matches finds every pattern in text.
func matches(text []rune, terms []string) []match {
	return append(words(text, terms), otherThanWords(text)...)
}

func otherThanWords(text []rune) (all []match) {
	all = append(all, walks(text)...)
	all = append(all, repeats(text)...)
	all = append(all, sequences(text)...)
	all = append(all, years(text)...)
	return append(all, dates(text)...)
}
