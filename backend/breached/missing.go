package breached

import (
	"fmt"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// Missing are the first bytes of hashes of which a list has none, or far fewer than of others: a bit for each, from the
// least. A download that was cut off leaves such a list.
type Missing [256 / 8]byte

func (m *Missing) add(first int) { m[first/8] |= 1 << (first % 8) }

func (m Missing) has(first int) bool { return m[first/8]&(1<<(first%8)) != 0 }

// percent is how many of the leaked passwords pass.
func (m Missing) percent() int {
	lacking := 0
	for first := range 256 {
		if m.has(first) {
			lacking++
		}
	}
	return (lacking*100 + 128) / 256
}

// Notes are what there is to know of a filter without them: nothing where none is missing.
func (m Missing) Notes(filter string) []app.Problem {
	if m == (Missing{}) {
		return nil
	}
	return []app.Problem{app.NewProblem("", "filter_partial", "file", filter, "missing", m, "percent", m.percent())}
}

// String names them, as "00, 24 to FF".
func (m Missing) String() string {
	var said []string
	for first := 0; first < 256; first++ {
		if !m.has(first) {
			continue
		}
		from := first
		for first < 255 && m.has(first+1) {
			first++
		}
		if first == from {
			said = append(said, fmt.Sprintf("%02X", from))
		} else {
			said = append(said, fmt.Sprintf("%02X to %02X", from, first))
		}
	}
	return strings.Join(said, ", ")
}

// Hashes are spread evenly over their first bytes. Of so many, one byte without any is a matter of 1 in 10^14 lists; and of
// so many, one byte with half as many as another.
const (
	enoughForAll  = 10_000
	enoughForEven = 100_000
)

// tally counts hashes by their first byte.
type tally [256]int64

func (t *tally) missing() Missing {
	var all, most int64
	for _, n := range t {
		all, most = all+n, max(most, n)
	}
	var m Missing
	for first, n := range t {
		if all >= enoughForAll && n == 0 || all >= enoughForEven && 2*n < most {
			m.add(first)
		}
	}
	return m
}
