package config

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// Problems is everything that is wrong with a document, in the order of its lines.
type Problems struct {
	File string
	List []app.Problem

	unread bool // the document is no TOML
}

// unread is the problem of a document of which nothing could be read.
func unread(file string, p app.Problem) *Problems {
	return &Problems{File: file, List: []app.Problem{p}, unread: true}
}

// Error lists the problems, one on each line, for a log.
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, problem := range p.List {
		lines[i] = problem.In(p.File, problem.Error())
	}
	return strings.Join(lines, "\n")
}

// OrNil is the error to return: nil where there is no problem.
func (p *Problems) OrNil() error {
	if len(p.List) == 0 {
		return nil
	}
	slices.SortStableFunc(p.List, func(a, b app.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return p
}

// Cover reports whether a problem stands at key already, at a table around it, or at the document as a whole: its value
// was not read then, and there is nothing to say about it.
func (p *Problems) Cover(key string) bool {
	return p.unread || slices.ContainsFunc(p.List, func(at app.Problem) bool {
		return at.Key == key || strings.HasPrefix(key, at.Key+".")
	})
}
