package sheet

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
)

// Naming says which column of a file is which, where it is not named as here.
type Naming struct {
	Columns      map[string]string // the file's name of a column, whatever its case, to one of the form
	From         string            // the program that the file is an export of, or empty: one of the form's Exports
	IgnoreOthers bool              // leave out columns that are not known
}

// column tells which column a file's name means, and how far behind others of the same column it stands.
func (f Form) column(n Naming, name string) (c string, behind int, known bool) {
	name = typed.Identifier(name)
	same := func(other string) bool { return strings.EqualFold(name, typed.Identifier(other)) }
	for given, means := range n.Columns {
		if same(given) {
			return means, -1, true
		}
	}
	for c, names := range f.Exports[n.From] {
		if i := slices.IndexFunc(names, same); i >= 0 {
			return c, i, true
		}
	}
	c = strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(name))
	return c, 0, slices.Contains(f.Columns, c)
}

// header is what the first row says: for each column the fields of a row from which its value comes, of which the first
// that holds something counts.
type header struct {
	fields map[string][]int
	width  int
}

// header finds the columns by their names. The error is all app.Problems at once.
func (f Form) header(n Naming, names []string) (header, error) {
	h := header{fields: map[string][]int{}, width: len(names)}
	rank := make([]int, len(names))
	var unknown, twice []string
	for i, name := range names {
		c, behind, known := f.column(n, name)
		if !known && isContact(name) { // nobody's contact goes into a message
			return h, app.NewProblem("", "columns_unnamed", "known", strings.Join(f.Columns, ", "))
		}
		if !known {
			unknown = append(unknown, strconv.Quote(name))
			continue
		}
		if slices.ContainsFunc(h.fields[c], func(other int) bool { return f.Exports[n.From] == nil || rank[other] == behind }) {
			twice = append(twice, c)
		}
		rank[i] = behind
		h.fields[c] = append(h.fields[c], i)
	}
	for _, fields := range h.fields {
		slices.SortFunc(fields, func(a, b int) int { return rank[a] - rank[b] })
	}
	var found []error
	if len(unknown) > 0 && !n.IgnoreOthers && f.Exports[n.From] == nil {
		found = append(found, app.NewProblem("", "columns_unknown", "is", strings.Join(unknown, ", "), "known", strings.Join(f.Columns, ", ")))
	}
	if slices.Sort(twice); len(twice) > 0 {
		found = append(found, app.NewProblem("", "columns_twice", "is", strings.Join(slices.Compact(twice), ", ")))
	}
	found = append(found, f.misnamed(n, names)...)
	return h, errors.Join(append(found, f.missing(h)...)...)
}

// isContact reports whether a name looks like somebody's address or number: the file has no first row of names then.
func isContact(name string) bool {
	digits := 0
	for _, r := range name {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return strings.Contains(name, "@") || digits >= 6
}

// misnamed finds what is wrong with what was said of the columns.
func (f Form) misnamed(n Naming, names []string) (found []error) {
	var absent, wrong []string
	for given, means := range n.Columns {
		if !slices.ContainsFunc(names, func(name string) bool {
			return strings.EqualFold(typed.Identifier(name), typed.Identifier(given))
		}) {
			absent = append(absent, strconv.Quote(given))
		}
		if !slices.Contains(f.Columns, means) {
			wrong = append(wrong, strconv.Quote(means))
		}
	}
	slices.Sort(absent)
	slices.Sort(wrong)
	if len(absent) > 0 {
		found = append(found, app.NewProblem("", "columns_absent", "is", strings.Join(absent, ", ")))
	}
	if len(wrong) > 0 {
		found = append(found, app.NewProblem("", "columns_wrong", "is", strings.Join(wrong, ", "), "known", strings.Join(f.Columns, ", ")))
	}
	return found
}

// missing finds columns without which there is nothing to read.
func (f Form) missing(h header) (found []error) {
	for _, c := range f.Required {
		if h.fields[c] == nil {
			found = append(found, app.NewProblem("", "column_missing", "is", c, "known", strings.Join(f.Columns, ", ")))
		}
	}
	if len(f.Contacts) > 0 && !slices.ContainsFunc(f.Contacts, func(c string) bool { return h.fields[c] != nil }) {
		found = append(found, app.NewProblem("", "columns_none", "known", strings.Join(f.Contacts, ", ")))
	}
	return found
}

// row reads the values of a row.
func (h header) row(line int, values []string) Row {
	r := Row{Line: line, values: make(map[string]string, len(h.fields))}
	for c, fields := range h.fields {
		for _, i := range fields {
			if value := typed.Identifier(values[i]); value != "" {
				r.values[c] = value
				break
			}
		}
	}
	return r
}
