package guess

import "slices"

// repeats finds texts that are a shorter one, twice or more.
func repeats(text []rune) []match {
	var found []match
	for from := 0; from < len(text); {
		base, times := longestRepeat(text[from:])
		if times < 2 {
			from++
			continue
		}
		guesses := estimate(text[from:from+base], nil).Guesses * float64(times)
		found = append(found, match{from, from + base*times, Repeat, guesses})
		from += base * times
	}
	return found
}

// longestRepeat gives the repeat at the beginning of text that a greedy search finds, or the one of a lazy search where the
// greedy one is no longer: of "aabaab" aab, of "aaaaa" a. Its base is as short as it can be.
func longestRepeat(text []rune) (base, times int) {
	shortest, longest := 0, 0
	for n := 1; n <= len(text)/2; n++ {
		if repeated(text, n) > 1 {
			longest = n
			if shortest == 0 {
				shortest = n
			}
		}
	}
	if shortest == 0 {
		return 0, 0
	}
	whole := longest * repeated(text, longest)
	if lazy := shortest * repeated(text, shortest); whole <= lazy {
		return shortest, lazy / shortest
	}
	for n := shortest; ; n++ {
		if whole%n == 0 && n*repeated(text[:whole], n) == whole {
			return n, whole / n
		}
	}
}

// repeated counts how often the first n characters of text stand at its beginning.
func repeated(text []rune, n int) int {
	times := 1
	for at := n; at+n <= len(text) && slices.Equal(text[at:at+n], text[:n]); at += n {
		times++
	}
	return times
}
