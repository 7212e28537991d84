package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Problem is one thing that is wrong with a document.
type Problem struct {
	File   string
	Line   int    // from 1; 0 where no line can be named
	Key    string // e.g. "methods.gates", or empty
	Reason string // for an administrator at a command line

	syntax bool // nothing of the document was read
}

// String is one line: "policy.toml:12: methods.gates: must be 1 or 2, is 3".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Reason)
	return strings.Map(visible, b.String())
}

// visible keeps a problem on its line, whatever a quoted key holds.
func visible(r rune) rune {
	if unicode.IsGraphic(r) {
		return r
	}
	return unicode.ReplacementChar
}

// Problems is everything that is wrong with a document, in the order of its lines.
type Problems struct{ List []Problem }

// Error lists the problems, one on each line.
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, problem := range p.List {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// OrNil is the error to return: nil where there is no problem.
func (p *Problems) OrNil() error {
	if len(p.List) == 0 {
		return nil
	}
	slices.SortStableFunc(p.List, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return p
}

// Cover reports whether a problem stands at key already, at a table around it, or at the document as a whole: its value
// was not read then, and there is nothing to say about it.
func (p *Problems) Cover(key string) bool {
	return slices.ContainsFunc(p.List, func(at Problem) bool {
		return at.syntax || at.Key == key || strings.HasPrefix(key, at.Key+".")
	})
}
