// Package contacts reads what an administrator enters of people beforehand: a CSV file with a row for each person, and
// a reason, with row and column, for each thing that is wrong in it. docs/import.md describes the format.
package contacts

import (
	"fmt"
	"strings"
)

// Row is one person's: what stands in the file, trimmed. An empty field says nothing.
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

// Problem is one thing that is wrong. It quotes nothing of the file.
type Problem struct {
	Line   int
	Column Column // empty where the whole row is meant
	Reason string
}

func (p Problem) String() string {
	if p.Column == "" {
		return fmt.Sprintf("row %d: %s", p.Line, p.Reason)
	}
	return fmt.Sprintf("row %d, %s: %s", p.Line, p.Column, p.Reason)
}

// check finds what can be seen in a row alone.
func (r Row) check() []Problem {
	var found []Problem
	say := func(c Column, reason string) { found = append(found, Problem{r.Line, c, reason}) }
	switch {
	case r.UserID == "":
		say(ColumnUserID, "is empty")
	case r.Mobile+r.Alternate+r.Office+r.Email == "":
		say("", "has no contact")
	}
	if r.Extension != "" && r.Office == "" {
		say(ColumnExtension, "stands without an office phone")
	}
	return found
}

// twice finds what stands in two rows: a person, and a contact by which one person could prove to be the other.
func twice(rows []Row) []Problem {
	var found []Problem
	first := map[string]int{}
	for _, r := range rows {
		for _, c := range []Column{ColumnUserID, ColumnEmail} {
			value := strings.ToLower(*r.field(c))
			if value == "" {
				continue
			}
			key := string(c) + "|" + value
			if line, known := first[key]; known {
				found = append(found, Problem{r.Line, c, fmt.Sprintf("is the same as in row %d", line)})
				continue
			}
			first[key] = r.Line
		}
	}
	return found
}
