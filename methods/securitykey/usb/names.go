//go:build cgo && !nofido

package usb

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestName is how many bytes of a name every key takes (WebAuthn Level 3, section 6.4.1): longer ones some keys cut,
// others refuse.
const longestName = 64

// fit makes a name of a directory's, which may be anything, one that every key takes: without control characters, at which
// C may end, and cut at the edge of a character, marks included.
func fit(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	end := 0
	for end < len(name) {
		next := end + norm.NFC.NextBoundaryInString(name[end:], true)
		if next > longestName {
			break
		}
		end = next
	}
	return name[:end]
}
