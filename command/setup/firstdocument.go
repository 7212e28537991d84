package setup

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fill puts values, as TOML writes them, into a commented document in place of those that stand there: by table and key, such as
// "listen.address". Comments stay in their column.
func fill(document []byte, values map[string]string) ([]byte, error) {
	left := maps.Clone(values)
	table := ""
	var out strings.Builder
	for line := range strings.Lines(string(document)) {
		text := strings.TrimRight(line, "\n")
		if name, is := strings.CutPrefix(text, "["); is {
			name, _, _ = strings.Cut(name, "]")
			table = name + "."
		}
		name, _, is := strings.Cut(text, " = ")
		if value, wanted := left[table+name]; is && wanted {
			delete(left, table+name)
			text = refill(text, name+" = "+value)
		}
		out.WriteString(text + "\n")
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("the sample has no %s", strings.Join(slices.Sorted(maps.Keys(left)), ", "))
	}
	return []byte(out.String()), nil
}

// refill gives a setting the comment that a line has, in its column where there is room.
func refill(line, setting string) string {
	at := commentOf(line)
	if at < 0 {
		return setting
	}
	return fmt.Sprintf("%-*s%s", max(at, len(setting)+1), setting, line[at:])
}

// commentOf is where the comment of a line begins; negative for none. A # in a text is none.
func commentOf(line string) int {
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '#' && !quoted:
			return i
		}
	}
	return -1
}

// quote writes a text as TOML does.
func quote(text string) string { return strconv.Quote(text) }

// quoteAll writes a list of texts.
func quoteAll(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
