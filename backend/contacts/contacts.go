// Package contacts reads what an administrator enters of people beforehand: a CSV file with a row for each person, and
// a problem, with row and column, for each thing that is wrong in it. docs/import.md describes the format.
package contacts

import (
	"io"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/backend/sheet"
)

// The limits of a file, and how its columns are named.
const (
	MaxBytes = sheet.MaxBytes
	MaxRows  = sheet.MaxRows
)

// Naming says which column of a file is which.
type Naming = sheet.Naming

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

func names(columns ...Column) []string {
	var all []string
	for _, c := range columns {
		all = append(all, string(c))
	}
	return all
}

var form = sheet.Form{
	Columns: names(columns()...), Required: names(ColumnUserID),
	Contacts: names(ColumnMobile, ColumnAlternate, ColumnOffice, ColumnEmail),
	Exports: map[string]map[string][]string{
		// Microsoft Entra's "Download users" names properties of the directory
		// (https://learn.microsoft.com/entra/identity/users/users-bulk-download), PowerShell those of Microsoft Graph's user, and
		// the admin center of Microsoft 365 has names in words. "mail" is the work mailbox, and no way back in.
		"microsoft": {
			string(ColumnUserID):    {"userPrincipalName", "User principal name"},
			string(ColumnMobile):    {"authenticationPhoneNumber", "mobile", "mobilePhone", "Mobile Phone"},
			string(ColumnAlternate): {"authenticationAlternativePhoneNumber"},
			string(ColumnOffice):    {"telephoneNumber", "businessPhones", "Phone number", "Office phone"},
			string(ColumnEmail):     {"authenticationEmail", "alternateEmailAddress", "otherMails", "Alternate email address"},
		},
	},
}

// Read reads the file as a whole. It gives the rows that are good in themselves and a problem for each thing that is
// wrong in the others. Its error is sheet.Form's.
func Read(from io.Reader, n Naming) ([]Row, []app.Problem, error) {
	read, found, err := form.Read(from, n)
	if err != nil {
		return nil, nil, err
	}
	var rows []Row
	for _, given := range read {
		r := Row{Line: given.Line}
		for _, c := range columns() {
			*r.field(c) = given.Value(string(c))
		}
		rows = append(rows, r)
		found = append(found, r.check()...)
	}
	found = append(found, twice(rows)...)
	Sort(found)
	return Without(rows, found), found, nil
}

// Sort orders problems by row; those of one row stay as they are.
func Sort(found []app.Problem) { sheet.Sort(found) }

// Without leaves out the rows that have a problem.
func Without(rows []Row, found []app.Problem) []Row {
	bad := map[int]bool{}
	for _, p := range found {
		bad[p.Line] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return bad[r.Line] })
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
