package contacts

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
	Columns      map[string]string // the file's name of a column, whatever its case, to one of the columns here
	From         string            // the program that the file is an export of, or empty: see exports
	IgnoreOthers bool              // leave out columns that are not known
}

// exports are the names of columns in files that other programs write, of each column the one first whose value counts
// where several have one. Other columns of such a file are left out.
var exports = map[string]map[Column][]string{
	// Microsoft Entra's "Download users" names properties of the directory
	// (https://learn.microsoft.com/entra/identity/users/users-bulk-download), PowerShell those of Microsoft Graph's user, and
	// the admin center of Microsoft 365 has names in words. "mail" is the work mailbox, and no way back in.
	"microsoft": {
		ColumnUserID:    {"userPrincipalName", "User principal name"},
		ColumnMobile:    {"authenticationPhoneNumber", "mobile", "mobilePhone", "Mobile Phone"},
		ColumnAlternate: {"authenticationAlternativePhoneNumber"},
		ColumnOffice:    {"telephoneNumber", "businessPhones", "Phone number", "Office phone"},
		ColumnEmail:     {"authenticationEmail", "alternateEmailAddress", "otherMails", "Alternate email address"},
	},
}

// column tells which column a file's name means, and how far behind others of the same column it stands.
func (n Naming) column(name string) (c Column, behind int, known bool) {
	name = typed.Identifier(name)
	same := func(other string) bool { return strings.EqualFold(name, typed.Identifier(other)) }
	for given, means := range n.Columns {
		if same(given) {
			return Column(means), -1, true
		}
	}
	for c, names := range exports[n.From] {
		if i := slices.IndexFunc(names, same); i >= 0 {
			return c, i, true
		}
	}
	c = Column(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(name)))
	return c, 0, slices.Contains(columns(), c)
}

// header is what the first row says: for each column the fields of a row from which its value comes, of which the first
// that holds something counts.
type header struct {
	fields map[Column][]int
	width  int
}

// read finds the columns by their names. The error is all app.Problems at once.
func (n Naming) read(names []string) (header, error) {
	h := header{fields: map[Column][]int{}, width: len(names)}
	rank := make([]int, len(names))
	var unknown, twice []string
	for i, name := range names {
		c, behind, known := n.column(name)
		if !known && isContact(name) { // nobody's contact goes into a message
			return h, app.NewProblem("", "columns_unnamed", "known", listed(columns()))
		}
		if !known {
			unknown = append(unknown, strconv.Quote(name))
			continue
		}
		if slices.ContainsFunc(h.fields[c], func(other int) bool { return exports[n.From] == nil || rank[other] == behind }) {
			twice = append(twice, string(c))
		}
		rank[i] = behind
		h.fields[c] = append(h.fields[c], i)
	}
	for _, fields := range h.fields {
		slices.SortFunc(fields, func(a, b int) int { return rank[a] - rank[b] })
	}
	var found []error
	if len(unknown) > 0 && !n.IgnoreOthers && exports[n.From] == nil {
		found = append(found, app.NewProblem("", "columns_unknown", "is", strings.Join(unknown, ", "), "known", listed(columns())))
	}
	if slices.Sort(twice); len(twice) > 0 {
		found = append(found, app.NewProblem("", "columns_twice", "is", strings.Join(slices.Compact(twice), ", ")))
	}
	found = append(found, n.misnamed(names)...)
	return h, errors.Join(append(found, h.missing()...)...)
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
func (n Naming) misnamed(names []string) (found []error) {
	var absent, wrong []string
	for given, means := range n.Columns {
		if !slices.ContainsFunc(names, func(name string) bool {
			return strings.EqualFold(typed.Identifier(name), typed.Identifier(given))
		}) {
			absent = append(absent, strconv.Quote(given))
		}
		if !slices.Contains(columns(), Column(means)) {
			wrong = append(wrong, strconv.Quote(means))
		}
	}
	slices.Sort(absent)
	slices.Sort(wrong)
	if len(absent) > 0 {
		found = append(found, app.NewProblem("", "columns_absent", "is", strings.Join(absent, ", ")))
	}
	if len(wrong) > 0 {
		found = append(found, app.NewProblem("", "columns_wrong", "is", strings.Join(wrong, ", "), "known", listed(columns())))
	}
	return found
}

// missing finds columns without which there is nothing to enter.
func (h header) missing() (found []error) {
	if h.fields[ColumnUserID] == nil {
		found = append(found, app.NewProblem("", "column_missing", "is", ColumnUserID, "known", listed(columns())))
	}
	contacts := []Column{ColumnMobile, ColumnAlternate, ColumnOffice, ColumnEmail}
	if !slices.ContainsFunc(contacts, func(c Column) bool { return h.fields[c] != nil }) {
		found = append(found, app.NewProblem("", "columns_none", "known", listed(contacts)))
	}
	return found
}

func listed(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}

// row reads the values of a row.
func (h header) row(line int, values []string) Row {
	r := Row{Line: line}
	for c, fields := range h.fields {
		for _, i := range fields {
			if value := typed.Identifier(values[i]); value != "" {
				*r.field(c) = value
				break
			}
		}
	}
	return r
}
