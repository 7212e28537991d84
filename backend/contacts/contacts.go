// Package contacts reads what an administrator enters of people beforehand: a CSV file with a row for each person, and
// a problem, with row and column, for each thing that is wrong in it. docs/import.md describes the format.
package contacts

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
)

// Row is one person's: what stands in the file, cleaned. An empty field says nothing.
type Row struct {
	Line      int // of the file, from 1
	UserID    string
	Mobile    string
	Alternate string
	Office    string
	Extension string
	Email     string
}

// Column names a column of the file.
type Column string

// The columns.
const (
	ColumnUserID    Column = "user_id"
	ColumnMobile    Column = "mobile"
	ColumnAlternate Column = "alternate_mobile"
	ColumnOffice    Column = "office_phone"
	ColumnExtension Column = "extension"
	ColumnEmail     Column = "email"
)

func columns() []Column {
	return []Column{ColumnUserID, ColumnMobile, ColumnAlternate, ColumnOffice, ColumnExtension, ColumnEmail}
}

// field is where a column's value goes.
func (r *Row) field(c Column) *string {
	switch c {
	case ColumnUserID:
		return &r.UserID
	case ColumnMobile:
		return &r.Mobile
	case ColumnAlternate:
		return &r.Alternate
	case ColumnOffice:
		return &r.Office
	case ColumnExtension:
		return &r.Extension
	}
	return &r.Email
}

// Problem makes a problem in a column of the row; of no column where the whole row is meant.
func (r Row) Problem(c Column, code string, params ...any) app.Problem {
	p := app.NewProblem(string(c), code, params...)
	p.Line = r.Line
	return p
}

// check finds what can be seen in a row alone.
func (r Row) check() []app.Problem {
	var found []app.Problem
	switch {
	case r.UserID == "":
		found = append(found, r.Problem(ColumnUserID, "user_id_empty"))
	case r.Mobile+r.Alternate+r.Office+r.Email == "":
		found = append(found, r.Problem("", "no_contact"))
	}
	if r.Extension != "" && r.Office == "" {
		found = append(found, r.Problem(ColumnExtension, "extension_alone"))
	}
	return found
}

// twice finds what stands in two rows: a person, and a contact by which one person could prove to be the other.
func twice(rows []Row) []app.Problem {
	var found []app.Problem
	first := map[string]int{}
	for _, r := range rows {
		for _, c := range []Column{ColumnUserID, ColumnEmail} {
			value := typed.Fold(*r.field(c))
			if value == "" {
				continue
			}
			key := string(c) + "|" + value
			if line, known := first[key]; known {
				found = append(found, r.Problem(c, "same_as", "row", line))
				continue
			}
			first[key] = r.Line
		}
	}
	return found
}
