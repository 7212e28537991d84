package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sparekey/sparekey/app/typed"
)

// plainly has a value stand in a text as what can be seen of it: on one line, without what turns the direction of what follows.
func plainly(value string) string {
	return typed.Name(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, value))
}

// typeset are signs for which the GSM 7 bit alphabet has others that say the same.
var typeset = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "‚", "'", "–", "-", "—", "-", "‑", "-",
	"…", "...", "\u00a0", " ", "\u202f", " ", "\u2009", " ", "•", "-", "·", "-")

// strokes are letters that no decomposition parts from what is drawn through or beside them.
var strokes = strings.NewReplacer("Ł", "L", "ł", "l", "Đ", "D", "đ", "d", "ı", "i", "Œ", "OE", "œ", "oe", "Ħ", "H", "ħ", "h", "Ŧ", "T", "ŧ", "t", "Þ", "Th", "þ", "th", "ð", "d", "ẞ", "SS")

// unmarked gives a name in the GSM 7 bit alphabet by leaving out the marks of those letters that it hasn't ("Łódź" is "Lodz"),
// or as it was, where that does not do.
func unmarked(name string) string {
	var out strings.Builder
	for _, r := range name {
		letter := strokes.Replace(string(r))
		if GSM(letter) {
			out.WriteString(letter)
			continue
		}
		for _, part := range norm.NFKD.String(letter) {
			if !unicode.Is(unicode.Mn, part) {
				out.WriteRune(part)
			}
		}
	}
	if GSM(out.String()) {
		return out.String()
	}
	return name
}

// longestName is how many letters of a name stand in a text that has no room for more.
const longestName = 20

// shortened gives a name in few letters, by whole words where the first one is not longer.
func shortened(name string) string {
	letters := []rune(name)
	if len(letters) <= longestName {
		return name
	}
	short := string(letters[:longestName+1])
	if at := strings.LastIndexAny(short, " -–—/"); at > 0 {
		return strings.TrimRight(short[:at], " -–—/,;:&+")
	}
	return string(letters[:longestName])
}
