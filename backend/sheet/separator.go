package sheet

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode/utf8"
)

// separators are those that programs write: by the country in spreadsheets, a tab in what is copied out of one.
var separators = []rune{',', ';', '\t', '|'}

// preamble takes away what programs write before the names of the columns: Excel the separator ("sep=;"), which is 0 where it
// is not named, and Windows PowerShell a type ("#TYPE …"). Empty lines stay in their place, so that each row keeps its line.
func preamble(data []byte) (rest []byte, separator rune) {
	rest = data
	lines := 0
	for {
		first, behind, more := bytes.Cut(rest, []byte("\n"))
		text := strings.Trim(strings.TrimRight(string(first), "\r"), `"`)
		lower := strings.ToLower(text)
		switch {
		case strings.HasPrefix(lower, "sep="):
			separator, _ = utf8.DecodeRuneInString(text[len("sep="):])
		case strings.HasPrefix(lower, "#type "), more && strings.TrimSpace(text) == "":
		case lines == 0:
			return data, 0
		default:
			return append(bytes.Repeat([]byte("\n"), lines), rest...), usable(separator)
		}
		rest = behind
		lines++
	}
}

// usable is a separator that CSV can have (RFC 4180), or 0.
func usable(separator rune) rune {
	switch separator {
	case utf8.RuneError, '"', '\r', '\n':
		return 0
	}
	return separator
}

// separator finds what stands between the names of the columns: that by which most of them are known, or else there are most.
func (f Form) separator(n Naming, data []byte) rune {
	best, most := separators[0], -1
	for _, separator := range separators {
		names, err := newReader(data, separator).Read()
		if err != nil {
			continue
		}
		score := len(names)
		for _, name := range names {
			if _, _, known := f.column(n, name); known {
				score += 1000
			}
		}
		if score > most {
			best, most = separator, score
		}
	}
	return best
}

func newReader(data []byte, separator rune) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = separator, -1
	return r
}
