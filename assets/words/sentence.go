package words

import (
	"fmt"
	"strconv"
	"strings"
)

// sentence is a text with placeholders: {{.name}} stands for a value, {{quote .name}} for it in quotation marks, with what
// can't be seen escaped.
type sentence string

const quote = "quote "

// cut cuts a sentence at its first placeholder: the text before, the value's name and whether it is quoted, and what comes
// after. The name is empty where there is no placeholder; ok is false where one is none.
func (s sentence) cut() (before, name string, quoted bool, after sentence, ok bool) {
	before, rest, found := strings.Cut(string(s), "{{")
	if !found {
		return before, "", false, "", true
	}
	inside, behind, closed := strings.Cut(rest, "}}")
	inside, quoted = strings.CutPrefix(inside, quote)
	name, dotted := strings.CutPrefix(inside, ".")
	letters := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == ""
	return before, name, quoted, sentence(behind), closed && dotted && letters && name != ""
}

// check refuses a placeholder that is none.
func (s sentence) check() error {
	for rest := s; rest != ""; {
		_, _, _, after, ok := rest.cut()
		if !ok {
			return fmt.Errorf("a placeholder is neither {{.name}} nor {{quote .name}}: %q", s)
		}
		rest = after
	}
	return nil
}

// fill puts values in for the placeholders.
func (s sentence) fill(values Values) string {
	before, name, quoted, rest, _ := s.cut()
	if name == "" {
		return before
	}
	var out strings.Builder
	for name != "" {
		out.WriteString(before)
		value, given := values[name]
		switch {
		case !given:
			out.WriteString("<no value>")
		case quoted:
			out.WriteString(strconv.Quote(fmt.Sprint(value)))
		default:
			fmt.Fprint(&out, value)
		}
		before, name, quoted, rest, _ = rest.cut()
	}
	out.WriteString(before)
	return out.String()
}
