package guess

import (
	"slices"
	"strings"
	"unicode"
)

// term is a word that the caller knows, with its rank.
type term struct {
	text []rune
	rank int
}

// dictionary is what is left of list and terms after some characters.
type dictionary struct {
	list  span
	terms []term // all that begin with the characters
	depth int
}

func newDictionary(terms []string) dictionary {
	d := dictionary{list: span{high: len(list)}}
	for i, text := range terms {
		if text != "" {
			d.terms = append(d.terms, term{[]rune(strings.ToLower(text)), i + 1})
		}
	}
	return d
}

// step goes on by a character; ok is false where no word does.
func (d dictionary) step(r rune) (dictionary, bool) {
	next := dictionary{depth: d.depth + 1}
	listed := false
	if d.list.low < d.list.high {
		if next.list, listed = d.list.narrow(r); !listed {
			next.list = span{}
		}
	}
	for _, t := range d.terms {
		if len(t.text) > d.depth && t.text[d.depth] == r {
			next.terms = append(next.terms, t)
		}
	}
	return next, listed || len(next.terms) > 0
}

// rank gives the lowest rank of the word that the characters are; 0 where they are none.
func (d dictionary) rank() int {
	rank := 0
	if d.list.low < d.list.high {
		rank = d.list.rank()
	}
	for _, t := range d.terms {
		if len(t.text) == d.depth && (rank == 0 || t.rank < rank) {
			rank = t.rank
		}
	}
	return rank
}

// words finds what is in the list or a term: as it stands, backwards, and with look-alikes.
func words(text []rune, terms []string) []match {
	d := newDictionary(terms)
	found := plain(text, d, 1)
	backwards := slices.Clone(text)
	slices.Reverse(backwards)
	for _, m := range plain(backwards, d, 2) {
		m.from, m.to = len(text)-m.to, len(text)-m.from
		found = append(found, m)
	}
	return append(found, lookAlikes(text, d)...)
}

// plain finds words as they stand, each of which takes times as many guesses as its rank.
func plain(text []rune, d dictionary, times float64) []match {
	var found []match
	for from := range text {
		found = append(found, plainFrom(text, from, d, times)...)
	}
	return found
}

// plainFrom finds the words that begin at a place.
func plainFrom(text []rune, from int, d dictionary, times float64) (found []match) {
	word, ok := d.step(unicode.ToLower(text[from]))
	for to := from + 1; ok; to++ {
		if rank := word.rank(); rank > 0 {
			found = append(found, match{from, to, Word, float64(rank) * capitals(text[from:to]) * times})
		}
		if to == len(text) {
			break
		}
		word, ok = word.step(unicode.ToLower(text[to]))
	}
	return found
}

// capitals gives in how many ways a word may be written with so many capital letters; the usual ways count as two.
func capitals(word []rune) float64 {
	upper, lower := 0, 0
	for _, r := range word {
		switch {
		case r >= 'A' && r <= 'Z':
			upper++
		case r >= 'a' && r <= 'z':
			lower++
		}
	}
	isUpper := func(r rune) bool { return r >= 'A' && r <= 'Z' }
	switch {
	case upper == 0:
		return 1
	case lower == 0, len(word) > 1 && upper == 1 && (isUpper(word[0]) || isUpper(word[len(word)-1])):
		return 2
	}
	return ways(upper+lower, min(upper, lower))
}

// ways gives in how many ways at least one and at most so many of n can be chosen.
func ways(n, most int) float64 {
	sum := 0.0
	for k := 1; k <= most; k++ {
		sum += choose(n, k)
	}
	return sum
}

// choose is the binomial coefficient.
func choose(n, k int) float64 {
	if k > n {
		return 0
	}
	product := 1.0
	for d := 1; d <= k; d++ {
		product *= float64(n)
		product /= float64(d)
		n--
	}
	return product
}
