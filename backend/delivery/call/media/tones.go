package media

import "math"

// The tones of a key: one of each group at once (ITU-T Q.23).
var (
	rows    = [4]float64{697, 770, 852, 941}
	columns = [4]float64{1209, 1336, 1477, 1633}
	keypad  = [4]string{"123A", "456B", "789C", "*0#D"}
)

const (
	rate  = 8000 // samples a second
	block = 128  // samples that are looked at as one: two of them are in each tone of 48 ms
)

// Bounds of what counts as a key.
const (
	leastPower = 100 * 100 // mean square of samples; a whisper is below
	leastShare = 0.58      // of the power that is in the two tones: speech has less
	mostTwist  = 8         // the louder tone over the other, in power
	clear      = 4         // a tone over the others of its group, in power
)

// tones finds keys in speech, by the power at the eight frequencies (Goertzel's algorithm).
type tones struct {
	samples [block]float64
	n       int
	before  byte // what the block before had; 0: no key
	told    bool // and it was told
}

// hear takes one sample, and gives a key when it was heard in two blocks on end; 0: none.
func (t *tones) hear(sample int16) byte {
	t.samples[t.n] = float64(sample)
	if t.n++; t.n < block {
		return 0
	}
	t.n = 0
	key := keyIn(&t.samples)
	defer func() { t.before = key }()
	if key == 0 || key != t.before {
		t.told = false
		return 0
	}
	if t.told {
		return 0
	}
	t.told = true
	return key
}

// keyIn gives the key whose tones a block has; 0: none.
func keyIn(samples *[block]float64) byte {
	total := 0.0
	for _, s := range samples {
		total += s * s
	}
	if total/block < leastPower {
		return 0
	}
	row, rowPower, rowClear := loudest(samples, rows)
	column, columnPower, columnClear := loudest(samples, columns)
	twist := max(rowPower, columnPower) / max(min(rowPower, columnPower), 1)
	share := 2 * (rowPower + columnPower) / (total * block)
	if !rowClear || !columnClear || twist > mostTwist || share < leastShare {
		return 0
	}
	return keypad[row][column]
}

// loudest gives the tone of a group with the most power, and whether it stands out.
func loudest(samples *[block]float64, group [4]float64) (which int, power float64, stands bool) {
	var all [4]float64
	for i, f := range group {
		all[i] = powerAt(samples, f)
		if all[i] > all[which] {
			which = i
		}
	}
	for i, p := range all {
		if i != which && p*clear > all[which] {
			return which, all[which], false
		}
	}
	return which, all[which], true
}

// powerAt is the squared magnitude of the block's spectrum at a frequency.
func powerAt(samples *[block]float64, frequency float64) float64 {
	k := 2 * math.Cos(2*math.Pi*frequency/rate)
	var s1, s2 float64
	for _, s := range samples {
		s1, s2 = s+k*s1-s2, s1
	}
	return s1*s1 + s2*s2 - k*s1*s2
}
