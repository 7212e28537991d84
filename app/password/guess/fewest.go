package guess

import (
	"math"
	"slices"
)

const (
	cardinality = 10    // characters that are tried for one that is nothing known
	longer      = 10000 // guesses before a guesser tries one piece more
	leastOne    = 10    // guesses for a piece of one character
	leastMore   = 50    // guesses for a longer piece
)

// way is how the beginning of a text is covered with some number of pieces.
type way struct {
	last    match   // the last piece
	product float64 // of the guesses for each piece; 0: there is no such way
	guesses float64 // of a guesser who tries few pieces first, and patterns in any order
}

// table has the best ways to cover the first so many characters, by the number of pieces.
type table [][]way

// fewest cuts text into the pieces for which a guesser needs the fewest guesses.
func fewest(text []rune, found []match) Estimate {
	ending := make([][]match, len(text)+1)
	for _, m := range found {
		if m.to-m.from < len(text) {
			m.guesses = max(m.guesses, leastGuesses(m.to-m.from))
		}
		ending[m.to] = append(ending[m.to], m)
	}
	t := make(table, len(text)+1)
	t[0] = []way{{product: 1, guesses: 1}}
	for to := 1; to <= len(text); to++ {
		slices.SortStableFunc(ending[to], func(a, b match) int { return a.from - b.from })
		for _, m := range ending[to] {
			t.consider(m)
		}
		for from := range to {
			length := to - from
			t.consider(match{from, to, Random, max(math.Pow(cardinality, float64(length)), leastGuesses(length)+1)})
		}
	}
	return t.best(len(text))
}

func leastGuesses(length int) float64 {
	if length == 1 {
		return leastOne
	}
	return leastMore
}

// consider puts a match behind each way that ends where it begins.
func (t table) consider(m match) {
	for pieces, before := range t[m.from] {
		if before.product == 0 || m.pattern == Random && before.last.pattern == Random { // one longer piece is better
			continue
		}
		n := pieces + 1
		w := way{last: m, product: m.guesses * before.product}
		w.guesses = factorial(n)*w.product + math.Pow(longer, float64(n-1))
		t.keep(m.to, n, w)
	}
}

// keep keeps a way unless one of as many pieces or fewer, which came before, takes no more guesses.
func (t table) keep(to, pieces int, w way) {
	for n, other := range t[to] {
		if n <= pieces && other.product > 0 && other.guesses <= w.guesses {
			return
		}
	}
	for len(t[to]) <= pieces {
		t[to] = append(t[to], way{})
	}
	t[to][pieces] = w
}

// best follows the ways back from the end.
func (t table) best(end int) Estimate {
	pieces := -1
	for n, w := range t[end] {
		if w.product > 0 && (pieces < 0 || w.guesses <= t[end][pieces].guesses) {
			pieces = n
		}
	}
	e := Estimate{Guesses: t[end][pieces].guesses}
	for ; end > 0; pieces-- {
		m := t[end][pieces].last
		e.Pieces = append(e.Pieces, m.pattern)
		end = m.from
	}
	slices.Reverse(e.Pieces)
	return e
}

func factorial(n int) float64 {
	product := 1.0
	for i := 2; i <= n; i++ {
		product *= float64(i)
	}
	return product
}
