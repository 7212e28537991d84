package guess

import (
	"slices"
	"strings"
	"unicode"
)

// similar has, for a letter, the characters that people put in its place.
var similar = []struct {
	letter byte
	signs  string
}{
	{'a', "4@"}, {'b', "8"}, {'c', "({[<"}, {'e', "3"}, {'g', "69"}, {'i', "1!|"}, {'l', "1|7"}, {'o', "0"}, {'s', "$5"},
	{'t', "+7"}, {'x', "%"}, {'z', "2"},
}

// signs are all such characters; a reading has their letters in this order.
const signs = "4@8({[<3691!|70$5+%2"

// reading says which letter each of the signs stands for; 0 for itself. Within one, each letter has one sign.
type reading [len(signs)]byte

// readings gives every way to read the signs of text that leaves none out without need.
func readings(text []rune) []reading {
	all := []reading{{}}
	for _, s := range similar {
		var next []reading
		for at, sign := range signs {
			if !strings.ContainsRune(s.signs, sign) || !slices.Contains(text, sign) {
				continue
			}
			for _, r := range all {
				if r[at] != 0 {
					next = append(next, r) // or as the letter before
				}
				r[at] = s.letter
				next = append(next, r)
			}
		}
		if next != nil {
			all = unique(next)
		}
	}
	if all[0] == (reading{}) {
		return nil
	}
	return all
}

// unique leaves out what is there already.
func unique(all []reading) []reading {
	seen := make(map[reading]bool, len(all))
	return slices.DeleteFunc(all, func(r reading) bool {
		before := seen[r]
		seen[r] = true
		return before
	})
}

// lookAlikes finds words of two or more characters in which signs stand for letters.
func lookAlikes(text []rune, d dictionary) []match {
	all := readings(text)
	if all == nil {
		return nil
	}
	l := &lookAlike{text: text}
	for from := range text {
		l.from = from
		l.follow(from, d, all)
	}
	return l.found
}

// lookAlike is a search for words with signs.
type lookAlike struct {
	text  []rune
	from  int
	read  []replaced // what was read as a letter since from, each once
	found []match
}

// replaced is a sign that is read as a letter.
type replaced struct{ sign, letter rune }

// follow goes on with the character at a place, in each way in which one of the readings has it.
func (l *lookAlike) follow(at int, d dictionary, all []reading) {
	if at > l.from+1 && len(l.read) > 0 {
		if rank := d.rank(); rank > 0 {
			token := l.text[l.from:at]
			l.found = append(l.found, match{l.from, at, Word, float64(rank) * capitals(token) * l.variations(token)})
		}
	}
	if at == len(l.text) {
		return
	}
	sign := l.text[at]
	i := strings.IndexRune(signs, sign)
	if i < 0 {
		if next, ok := d.step(unicode.ToLower(sign)); ok {
			l.follow(at+1, next, all)
		}
		return
	}
	for _, letter := range lettersOf(i, all) {
		read := rune(letter)
		if letter == 0 {
			read = sign
		}
		next, ok := d.step(read)
		if !ok {
			continue
		}
		some := make([]reading, 0, len(all))
		for _, r := range all {
			if r[i] == letter {
				some = append(some, r)
			}
		}
		before := len(l.read)
		if pair := (replaced{sign, read}); letter != 0 && !slices.Contains(l.read, pair) {
			l.read = append(l.read, pair)
		}
		l.follow(at+1, next, some)
		l.read = l.read[:before]
	}
}

// lettersOf gives the letters for which the readings have a sign.
func lettersOf(sign int, all []reading) []byte {
	var letters []byte
	for _, r := range all {
		if !slices.Contains(letters, r[sign]) {
			letters = append(letters, r[sign])
		}
	}
	return letters
}

// variations gives in how many ways the letters could have been replaced.
func (l *lookAlike) variations(token []rune) float64 {
	product := 1.0
	for _, r := range l.read {
		signs, letters := 0, 0
		for _, c := range token {
			switch unicode.ToLower(c) {
			case r.sign:
				signs++
			case r.letter:
				letters++
			}
		}
		if letters == 0 {
			product *= 2
		} else {
			product *= ways(signs+letters, min(signs, letters))
		}
	}
	return product
}
