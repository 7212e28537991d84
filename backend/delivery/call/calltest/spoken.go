package calltest

import (
	"math"
	"strings"

	"github.com/sparekey/sparekey/assets/prompt"
)

// names are the clips that are looked for.
var names = []prompt.Clip{
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", prompt.Hello, prompt.Press, prompt.Comes, prompt.Again, prompt.Type, prompt.Repeat, prompt.Two,
	prompt.Right, prompt.Wrong, prompt.Over, prompt.Goodbye, prompt.Test,
}

// Spoken says what a recording has: the clips that are most alike, by correlation, one for each stretch between two pauses; "?" for one
// that is like none. A long sentence may be several stretches, and is told once.
func Spoken(samples []int16, language string) string {
	var all []string
	for _, part := range stretches(samples) {
		name := best(part, language)
		if len(all) == 0 || all[len(all)-1] != name || len(name) == 1 && name != "?" {
			all = append(all, name)
		}
	}
	return strings.Join(all, " ")
}

// Digits is what Spoken says of digits alone.
func Digits(samples []int16, language string) string {
	digits := ""
	for name := range strings.FieldsSeq(Spoken(samples, language)) {
		if len(name) == 1 && name != "?" {
			digits += name
		}
	}
	return digits
}

const (
	quiet   = 250  // a sample below is silence
	gap     = 1300 // samples of silence between two stretches
	enough  = 0.8  // of a correlation
	mostOff = 160  // samples by which a stretch may begin elsewhere
)

// stretches are the parts of a recording with silence between them.
func stretches(samples []int16) (all [][]int16) {
	begin, last := -1, -1
	for i, s := range samples {
		if s > quiet || s < -quiet {
			if begin >= 0 && i-last > gap {
				all = append(all, samples[begin:last+1])
				begin = -1
			}
			if begin < 0 {
				begin = i
			}
			last = i
		}
	}
	if begin >= 0 {
		all = append(all, samples[begin:last+1])
	}
	return all
}

// best gives the clip that a stretch is like. A stretch of a sentence is looked for within it.
func best(part []int16, language string) string {
	found, most := "?", enough
	for _, name := range names {
		sound, err := prompt.Sound(language, name)
		if err != nil {
			continue
		}
		clip := make([]int16, len(sound))
		for i, s := range sound {
			clip[i] = prompt.Linear(s)
		}
		for _, piece := range append(stretches(clip), clip) {
			if like := alike(part, piece); like > most {
				found, most = string(name), like
			}
		}
	}
	return found
}

// alike is the correlation of two sounds of about the same length, at the place where it is greatest; 0 where the lengths differ.
func alike(a, b []int16) float64 {
	if len(a) > len(b)+mostOff || len(b) > len(a)+mostOff {
		return 0
	}
	most := 0.0
	for off := -mostOff; off <= mostOff; off++ {
		var ab, aa, bb float64
		for i := 0; i < len(a); i += 3 {
			j := i + off
			if j < 0 || j >= len(b) {
				continue
			}
			x, y := float64(a[i]), float64(b[j])
			ab, aa, bb = ab+x*y, aa+x*x, bb+y*y
		}
		if aa > 0 && bb > 0 {
			most = max(most, ab/math.Sqrt(aa*bb))
		}
	}
	return most
}
