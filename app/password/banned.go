package password

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app/typed"
)

//go:embed banned.txt
var bannedText string

// builtIn are the terms that are banned everywhere, normalised.
var builtIn = sync.OnceValue(func() [][]rune {
	var terms []string
	for _, line := range strings.Split(bannedText, "\n") {
		if !strings.HasPrefix(line, "#") {
			terms = append(terms, strings.Fields(line)...)
		}
	}
	return bannedTerms(terms)
})

// enough is how many points a password needs that holds banned terms.
const enough = 5

// Guessable reports whether a password is made of words that are easy to guess, the built-in ones and terms. A password
// is cut into banned terms and single characters, so that there are as few pieces as possible; each piece is worth a
// point, and with fewer than 5 the password is guessable. A term counts also with look-alikes ("P@ssw0rd") and with one
// character replaced, left out, or put between two of its own (edit distance 1; a character behind or before it is a
// piece of its own). More terms never make a password less guessable. Terms of fewer than 4 characters don't count.
func Guessable(password string, terms []string) bool {
	return points([]rune(normal(password)), builtIn(), bannedTerms(terms)) < enough
}

// bannedTerms normalises terms, and leaves out those too short to count.
func bannedTerms(terms []string) [][]rune {
	var out [][]rune
	for _, term := range terms {
		if t := normal(strings.TrimSpace(term)); utf8.RuneCountInString(t) >= shortestTerm {
			out = append(out, []rune(t))
		}
	}
	return out
}

// points counts the pieces of text, up to enough: from each place that fewer pieces reach, it steps one character on,
// and over each term that stands there.
func points(text []rune, lists ...[][]rune) int {
	least := make([]int, len(text)+1)
	for i := range least {
		least[i] = min(i, enough)
	}
	for at := range text {
		next := least[at] + 1
		if next > enough {
			continue
		}
		step := func(n int) { least[at+n] = min(least[at+n], next) }
		step(1)
		for _, terms := range lists {
			for _, term := range terms {
				match(text[at:], term, step)
			}
		}
	}
	return least[len(text)]
}

// match gives the lengths of the beginnings of text that are term, or differ from it in one character.
func match(text, term []rune, found func(length int)) {
	same := 0
	for same < len(term) && same < len(text) && text[same] == term[same] {
		same++
	}
	n := len(term)
	if same == n {
		found(n)
		same-- // the last character may as well be the one left out
	}
	if begins(text, same, term[same+1:]) { // one left out
		found(n - 1)
	}
	if begins(text, same+1, term[same+1:]) { // one replaced
		found(n)
	}
	if same > 0 && begins(text, same+1, term[same:]) { // one put between
		found(n + 1)
	}
}

// begins reports whether rest stands at the place from in text.
func begins(text []rune, from int, rest []rune) bool {
	if len(text)-from < len(rest) {
		return false
	}
	for i, r := range rest {
		if text[from+i] != r {
			return false
		}
	}
	return true
}

// lookAlikes are characters that people put in place of a letter.
var lookAlikes = strings.NewReplacer("0", "o", "1", "l", "$", "s", "@", "a")

// normal brings text to the form in which terms are looked for: folded, and for look-alikes the letters they stand for.
func normal(text string) string {
	return norm.NFC.String(lookAlikes.Replace(typed.Fold(text)))
}
