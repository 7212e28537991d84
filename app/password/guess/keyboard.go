package guess

import (
	"math"
	"strings"
	"sync"
	"unicode/utf8"
)

// keyboard has, for each character, the keys beside its key, going round; a key is what it gives without and with shift.
type keyboard struct {
	beside map[rune][]string
	degree float64 // how many keys a key has beside it, on average
}

// place is a key's place: column and row.
type place struct{ x, y int }

// Going round a key: on a typewriter's rows, each of which begins half a key further to the right, and on a block of figures.
var (
	slanted = []place{{-1, 0}, {0, -1}, {1, -1}, {1, 0}, {0, 1}, {-1, 1}}
	aligned = []place{{-1, 0}, {-1, -1}, {0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}}
)

// layout reads the keys of a keyboard, row by row; a space before the first key leaves a place out.
func layout(around []place, rows ...string) keyboard {
	keys := map[place]string{}
	for y, row := range rows {
		for x, key := range strings.Split(row, " ") {
			if key != "" {
				keys[place{x, y}] = key
			}
		}
	}
	k := keyboard{beside: map[rune][]string{}}
	for at, key := range keys {
		var beside []string
		for _, d := range around {
			beside = append(beside, keys[place{at.x + d.x, at.y + d.y}])
		}
		for _, r := range key {
			k.beside[r] = beside
			for _, other := range beside {
				if other != "" {
					k.degree++
				}
			}
		}
	}
	k.degree /= float64(len(k.beside))
	return k
}

// keyboards are those on which walks are looked for. The estimate takes the first for all that have letters, and the third
// for all that have none.
var keyboards = sync.OnceValue(func() []keyboard {
	return []keyboard{
		layout(slanted, "`~ 1! 2@ 3# 4$ 5% 6^ 7& 8* 9( 0) -_ =+", ` qQ wW eE rR tT yY uU iI oO pP [{ ]} \|`, ` aA sS dD fF gG hH jJ kK lL ;: '"`, " zZ xX cC vV bB nN mM ,< .> /?"),
		layout(slanted, "`~ 1! 2@ 3# 4$ 5% 6^ 7& 8* 9( 0) [{ ]}", ` '" ,< .> pP yY fF gG cC rR lL /? =+ \|`, " aA oO eE uU iI dD hH tT nN sS -_", " ;: qQ jJ kK xX bB mM wW vV zZ"),
		layout(aligned, " / * -", "7 8 9 +", "4 5 6", "1 2 3", " 0 ."),
		layout(aligned, " = / *", "7 8 9 -", "4 5 6 +", "1 2 3", " 0 ."),
	}
})

// shifted are the characters that take the shift key on a typewriter.
const shifted = "~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"

// walks finds three and more characters whose keys lie side by side.
func walks(text []rune) []match {
	var found []match
	all := keyboards()
	for i, k := range all {
		letters := i < 2
		like := all[0]
		if !letters {
			like = all[2]
		}
		for from := 0; from < len(text)-1; {
			to, turns, shifts := k.walk(text, from, letters)
			if to-from > 2 {
				found = append(found, match{from, to, Walk, like.guesses(to-from, turns, shifts)})
			}
			from = to
		}
	}
	return found
}

// walk goes from key to key: to where, with how many turns, and how many characters that take the shift key.
func (k keyboard) walk(text []rune, from int, letters bool) (to, turns, shifts int) {
	if letters && strings.ContainsRune(shifted, text[from]) {
		shifts++
	}
	last := -1
	for to = from + 1; to < len(text); to++ {
		direction, shift := k.direction(text[to-1], text[to])
		if direction < 0 {
			return to, turns, shifts
		}
		if shift {
			shifts++
		}
		if direction != last { // the beginning is a turn, too
			turns++
			last = direction
		}
	}
	return to, turns, shifts
}

// direction says where the next key lies, -1 for not beside, and whether it is shifted.
func (k keyboard) direction(from, to rune) (direction int, shift bool) {
	for i, key := range k.beside[from] {
		first, size := utf8.DecodeRuneInString(key)
		switch {
		case key == "":
		case first == to:
			return i, false
		case key[size:] == string(to):
			return i, true
		}
	}
	return -1, false
}

// guesses is how many walks there are of this length with so many turns, or fewer of both.
func (k keyboard) guesses(length, turns, shifts int) float64 {
	sum, keys := 0.0, float64(len(k.beside))
	for i := 2; i <= length; i++ {
		for j := 1; j <= min(turns, i-1); j++ {
			sum += choose(i-1, j-1) * keys * math.Pow(k.degree, float64(j))
		}
	}
	switch plain := length - shifts; {
	case shifts == 0:
	case plain == 0:
		sum *= 2
	default:
		sum *= ways(length, min(shifts, plain))
	}
	return sum
}
