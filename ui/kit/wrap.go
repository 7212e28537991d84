package kit

import "strings"

// slack is what a line may be over its width, for measures that were rounded.
const slack = 0.25

// wrapText breaks text into lines of this width at most, at spaces and line
// breaks, and inside a word only when it is wider than a line.
func wrapText(text string, width float32, measure func(string) float32) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for _, word := range strings.Split(paragraph, " ") {
			longer := word
			if line != "" {
				longer = line + " " + word
			}
			if measure(longer) <= width+slack {
				line = longer
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			parts := breakWord(word, width, measure)
			lines = append(lines, parts[:len(parts)-1]...)
			line = parts[len(parts)-1]
		}
		lines = append(lines, line)
	}
	return lines
}

// breakWord cuts a word into parts of this width at most, of one character at least.
func breakWord(word string, width float32, measure func(string) float32) []string {
	var parts []string
	part := ""
	for _, r := range word {
		if part != "" && measure(part+string(r)) > width+slack {
			parts = append(parts, part)
			part = ""
		}
		part += string(r)
	}
	return append(parts, part)
}
