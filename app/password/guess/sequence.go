package guess

import "strings"

// farthest is how far apart two neighbours of a sequence may be.
const farthest = 5

// sequences finds characters with equal distances: abc, 7531.
func sequences(text []rune) []match {
	var found []match
	from := 0
	for to := 2; to <= len(text); to++ { // text[from:to] has equal distances
		step := int(text[to-1] - text[to-2])
		if to < len(text) && int(text[to]-text[to-1]) == step {
			continue
		}
		if far := max(step, -step); far > 0 && far <= farthest && (to-from > 2 || far == 1) {
			found = append(found, match{from, to, Sequence, sequenceGuesses(text[from], to-from, step > 0)})
		}
		from = to - 1
	}
	return found
}

// sequenceGuesses counts the beginnings, fewer where they are obvious, and both directions.
func sequenceGuesses(first rune, length int, ascending bool) float64 {
	beginnings := 26
	switch {
	case strings.ContainsRune("aAzZ019", first):
		beginnings = 4
	case first >= '0' && first <= '9':
		beginnings = 10
	}
	if !ascending {
		beginnings *= 2
	}
	return float64(beginnings * length)
}
