// Package sheet reads what administrators enter of many people at once: a CSV file (RFC 4180), as spreadsheets and other programs
// write it, with a row for each person and names of columns in the first. docs/import.md describes the format.
package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
	"github.com/sparekey/sparekey/app/typed"
)

// The limits of a file. What is imported goes into one transaction, for which an open window has to wait.
const (
	MaxBytes = 16 << 20
	MaxRows  = 10_000
)

// Form is which columns a file may have.
type Form struct {
	Columns  []string // all, in the order in which they are listed to who misnamed one
	Required []string // without which there is nothing to read
	Contacts []string // of which there has to be one; none: any of the others will do
	// Exports are the names of columns in files that other programs write, by program and column: the one first whose value
	// counts where several have one. Other columns of such a file are left out.
	Exports map[string]map[string][]string
}

// Row is what stands in a row of the file, cleaned.
type Row struct {
	Line   int // of the file, from 1
	values map[string]string
}

// RowOf makes a row of values that came otherwise than in a file.
func RowOf(line int, values map[string]string) Row {
	r := Row{Line: line, values: make(map[string]string, len(values))}
	for c, value := range values {
		r.values[c] = typed.Identifier(value)
	}
	return r
}

// Value is what stands in a column; empty where nothing does, or where there is no such column.
func (r Row) Value(column string) string { return r.values[column] }

// Problem makes a problem in a column of the row; of no column where the whole row is meant.
func (r Row) Problem(column, code string, params ...any) app.Problem {
	p := app.NewProblem(column, code, params...)
	p.Line = r.Line
	return p
}

// Read reads the file as a whole. It gives the rows, and a problem for each that has another number of fields than the first. Its error has an app.Problem for each thing that is wrong with the whole file: why it can't be read at
// all, or what its first row lacks and what in it is not known.
func (f Form) Read(from io.Reader, n Naming) ([]Row, []app.Problem, error) {
	data, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > MaxBytes {
		return nil, nil, app.NewProblem("", "contacts_large", "most", MaxBytes>>20)
	}
	if data, err = files.Text(data); err != nil {
		return nil, nil, err
	}
	data, separator := preamble(data)
	if separator == 0 {
		separator = f.separator(n, data)
	}
	r := newReader(data, separator)
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, app.NewProblem("", "contacts_empty")
	}
	if err != nil {
		return nil, nil, malformed(err)
	}
	h, err := f.header(n, names)
	if err != nil {
		return nil, nil, err
	}
	return body(r, h)
}

func body(r *csv.Reader, h header) ([]Row, []app.Problem, error) {
	var rows []Row
	var found []app.Problem
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, malformed(err)
		}
		line, _ := r.FieldPos(0)
		if typed.Identifier(strings.Join(fields, "")) == "" {
			continue // what a spreadsheet leaves below its last row
		}
		if len(rows) == MaxRows {
			return nil, nil, app.NewProblem("", "contacts_many", "most", MaxRows)
		}
		if len(fields) != h.width {
			found = append(found, Row{Line: line}.Problem("", "fields", "is", len(fields), "want", h.width))
			continue
		}
		rows = append(rows, h.row(line, fields))
	}
	return rows, found, nil
}

// Sort orders problems by row; those of one row stay as they are.
func Sort(found []app.Problem) {
	slices.SortStableFunc(found, func(a, b app.Problem) int { return a.Line - b.Line })
}

// malformed says where the file stops being CSV, and quotes nothing of it.
func malformed(err error) error {
	var wrong *csv.ParseError
	switch {
	case !errors.As(err, &wrong):
		return err
	case errors.Is(err, csv.ErrBareQuote):
		return app.NewProblem("", "contacts_bare_quote", "row", wrong.Line)
	}
	return app.NewProblem("", "contacts_quote", "row", wrong.Line)
}
