package app

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// Problem is one thing that is wrong in a document or a file. It quotes no secret and no contact.
type Problem struct {
	Line   int               // from 1; 0 where no line is meant
	Key    string            // the setting or the column, such as "codes.lifetime" or "mobile"; empty where none is meant
	Code   string            // names the text that says it: "problem." + Code
	Params map[string]string // the text's placeholders
}

// NewProblem makes a problem at a key, which may be empty. After the code come its text's placeholders, each a name and a
// value. Code and names stand there as they are: a test holds them against the text.
func NewProblem(key, code string, params ...any) Problem {
	p := Problem{Key: key, Code: code}
	if len(params) > 0 {
		p.Params = make(map[string]string, len(params)/2)
	}
	for pair := range slices.Chunk(params, 2) {
		p.Params[fmt.Sprint(pair[0])] = fmt.Sprint(pair[1])
	}
	return p
}

// ProblemOf gives the problem that stands in an error. That of an error from elsewhere, such as the operating system's, has
// the error's own words as its cause.
func ProblemOf(err error) Problem {
	var p Problem
	if errors.As(err, &p) {
		return p
	}
	return NewProblem("", "cause", "cause", err)
}

// ProblemsOf is ProblemOf for each of the errors that were joined in one.
func ProblemsOf(err error) []Problem {
	joined, several := err.(interface{ Unwrap() []error })
	if !several {
		return []Problem{ProblemOf(err)}
	}
	var all []Problem
	for _, one := range joined.Unwrap() {
		all = append(all, ProblemsOf(one)...)
	}
	return all
}

// Error is for a log: "between{is=3 least=1 most=2}". The sentence is a text.
func (p Problem) Error() string {
	if len(p.Params) == 0 {
		return p.Code
	}
	var params []string
	for _, name := range slices.Sorted(maps.Keys(p.Params)) {
		params = append(params, name+"="+p.Params[name])
	}
	return p.Code + "{" + strings.Join(params, " ") + "}"
}

// In is the line that says a problem of a file, in the words that are given: "policy.toml:12: methods.gates: must be 1 or
// 2, is 3". The file is empty for a problem of none.
func (p Problem) In(file, words string) string {
	var b strings.Builder
	b.WriteString(file)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	for _, part := range []string{p.Key, words} {
		if b.Len() > 0 && part != "" {
			b.WriteString(": ")
		}
		b.WriteString(part)
	}
	return strings.Map(visible, b.String())
}

// visible keeps a problem on its line, whatever a quoted key holds.
func visible(r rune) rune {
	if unicode.IsGraphic(r) {
		return r
	}
	return unicode.ReplacementChar
}
