package password

import (
	"strings"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app/password/guess"
)

// longest is how many characters the estimate looks at: its time grows faster than the length, and 64 characters are
// strong or weak for good.
const longest = 64

// Strength estimates how hard a password is to guess, from 0 (at once) to 4 (not by offline attacks either). Inputs are
// words that a guesser would try first: the person's names, the organisation's.
func Strength(password string, inputs []string) int {
	return guess.Of(beginning(password), inputs).Score()
}

// beginning cuts text to the longest that is estimated.
func beginning(text string) string {
	n := 0
	for i := range text {
		if n == longest {
			return text[:i]
		}
		n++
	}
	return text
}

// guessable is the score up to which fewer than a million guesses find the password.
const guessable = 1

// common reports whether password is, as a whole, one that many people use: a listed password or word, also with other
// cases or look-alikes ("P@ssw0rd"), repeated, or with digits and signs behind it; a keyboard walk, a sequence, a date.
func common(password string) bool {
	if utf8.RuneCountInString(password) > longest || password == "" {
		return false
	}
	core := strings.TrimRight(password, "0123456789!?.*#$")
	ends := core != "" && core != password && guess.OnePiece(core)
	if !ends && !guess.OnePiece(password) {
		return false
	}
	whole := guess.Of(password, nil)
	return whole.Score() <= guessable && (known(whole) || ends && known(guess.Of(core, nil)))
}

// known reports whether one pattern covers all of a password.
func known(e guess.Estimate) bool {
	return len(e.Pieces) == 1 && e.Pieces[0] != guess.Random
}
