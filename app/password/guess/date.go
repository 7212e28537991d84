package guess

import (
	"strings"
	"time"
	"unicode"
)

// thisYear is the year from which guessers go back and forth.
var thisYear = time.Now().Year()

const (
	firstYear, lastYear = 1000, 2050
	fewestYears         = 20 // that are tried, however near a year is
)

// years finds those from 1900 to 2019.
func years(text []rune) []match {
	var found []match
	for from := 0; from+4 <= len(text); from++ {
		year, ok := number(text[from : from+4])
		if ok && year >= 1900 && year < 2020 {
			found = append(found, match{from, from + 4, Year, yearGuesses(year)})
			from += 3
		}
	}
	return found
}

func yearGuesses(year int) float64 {
	return float64(max(year-thisYear, thisYear-year, fewestYears))
}

// splits are the ways to cut so many digits into three numbers: where the second and the third begin.
var splits = map[int][][2]int{
	4: {{1, 2}, {2, 3}}, 5: {{1, 3}, {2, 3}}, 6: {{1, 2}, {2, 4}, {4, 5}}, 7: {{1, 3}, {2, 3}, {4, 5}, {4, 6}}, 8: {{2, 4}, {4, 6}},
}

// dates finds day, month and year, which stands first or last, with or without a sign in between; no date within another.
func dates(text []rune) []match {
	var all []match
	for from := range text {
		for to := from + 4; to <= min(len(text), from+10); to++ {
			if guesses := dateGuesses(text[from:to]); guesses > 0 {
				all = append(all, match{from, to, Date, guesses})
			}
		}
	}
	var found []match
	for i, m := range all {
		within := false
		for j, other := range all {
			within = within || i != j && other.from <= m.from && other.to >= m.to
		}
		if !within {
			found = append(found, m)
		}
	}
	return found
}

// dateGuesses gives how many guesses find text, if it is a date; else 0.
func dateGuesses(text []rune) float64 {
	if _, digits := number(text); digits {
		best, year := 0, false
		for _, at := range splits[len(text)] {
			if y, ok := yearOf(text[:at[0]], text[at[0]:at[1]], text[at[1]:]); ok && (!year || yearGap(y) < yearGap(best)) {
				best, year = y, true
			}
		}
		if !year {
			return 0
		}
		return yearGuesses(best) * 365
	}
	first, middle, last, ok := cut(text)
	if !ok || len(text) < 6 || len(first) > 4 || len(middle) > 2 || len(last) > 4 {
		return 0
	}
	if year, ok := yearOf(first, middle, last); ok {
		return yearGuesses(year) * 365 * 4 // as many signs are usual
	}
	return 0
}

func yearGap(year int) int { return max(year-thisYear, thisYear-year) }

// cut cuts text at the two places where the same sign stands.
func cut(text []rune) (first, middle, last []rune, ok bool) {
	isSign := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`/\_.-`, r) }
	var at []int
	for i, r := range text {
		if isSign(r) {
			at = append(at, i)
		}
	}
	if len(at) != 2 || text[at[0]] != text[at[1]] {
		return nil, nil, nil, false
	}
	return text[:at[0]], text[at[0]+1 : at[1]], text[at[1]+1:], true
}

// number reads a few digits.
func number(text []rune) (n int, ok bool) {
	for _, r := range text {
		if r < '0' || r > '9' {
			return 0, false
		}
		n = n*10 + int(r-'0')
	}
	return n, len(text) > 0
}

// yearOf reads three numbers as a date and gives its year.
func yearOf(first, middle, last []rune) (year int, ok bool) {
	var n [3]int
	for i, text := range [][]rune{first, middle, last} {
		if n[i], ok = number(text); !ok {
			return 0, false
		}
	}
	if !plausible(n) {
		return 0, false
	}
	lastIsYear, firstIsYear := [3]int{n[2], n[0], n[1]}, [3]int{n[0], n[1], n[2]}
	for _, d := range [][3]int{lastIsYear, firstIsYear} {
		if d[0] >= firstYear {
			return d[0], isDay(d[1], d[2])
		}
	}
	for _, d := range [][3]int{lastIsYear, firstIsYear} {
		if isDay(d[1], d[2]) {
			return century(d[0]), true
		}
	}
	return 0, false
}

// plausible reports whether three numbers may be a date: no year in the middle, at most one that is no day, not all beyond
// the months, at most one nought.
func plausible(n [3]int) bool {
	noMonth, noDay, nought := 0, 0, 0
	for _, i := range n {
		if i > 99 && i < firstYear || i > lastYear {
			return false
		}
		if i > 31 {
			noDay++
		}
		if i > 12 {
			noMonth++
		}
		if i == 0 {
			nought++
		}
	}
	return n[1] <= 31 && n[1] > 0 && noDay < 2 && noMonth < 3 && nought < 2
}

// isDay reports whether two numbers are a day and a month, in any order.
func isDay(a, b int) bool { return a <= 31 && b <= 12 || b <= 31 && a <= 12 }

// century puts a year of two digits into its century.
func century(year int) int {
	switch {
	case year > 99:
		return year
	case year > 50:
		return year + 1900
	}
	return year + 2000
}
