package contacts

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/files"
)

// The limits of a file. What is imported goes into one transaction, for which an open window has to wait.
const (
	MaxBytes = 16 << 20
	MaxRows  = 10_000
)

// Read reads the file as a whole. It gives the rows that are good in themselves and a problem for each thing that is
// wrong in the others. Its error is the problem of the whole file: why it can't be read at all, or which of its columns is
// not known.
func Read(from io.Reader) ([]Row, []app.Problem, error) {
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
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = separator(data), -1
	order, err := header(r)
	if err != nil {
		return nil, nil, err
	}
	return body(r, order)
}

// separator is what stands between the names of the columns: none of them holds one.
func separator(data []byte) rune {
	names, _, _ := bytes.Cut(bytes.TrimLeft(data, "\r\n"), []byte("\n"))
	if bytes.Count(names, []byte(";")) > bytes.Count(names, []byte(",")) {
		return ';'
	}
	return ','
}

// header reads the names of the columns, whatever their order and their case.
func header(r *csv.Reader) ([]Column, error) {
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, app.NewProblem("", "contacts_empty")
	}
	if err != nil {
		return nil, malformed(err)
	}
	var order []Column
	for _, name := range names {
		c := Column(strings.ToLower(strings.TrimSpace(name)))
		switch {
		case !slices.Contains(columns(), c):
			return nil, app.NewProblem("", "column_unknown", "is", name, "known", known())
		case slices.Contains(order, c):
			return nil, app.NewProblem("", "column_twice", "is", c)
		}
		order = append(order, c)
	}
	if !slices.Contains(order, ColumnUserID) {
		return nil, app.NewProblem("", "column_missing", "is", ColumnUserID, "known", known())
	}
	return order, nil
}

func known() string {
	var names []string
	for _, c := range columns() {
		names = append(names, string(c))
	}
	return strings.Join(names, ", ")
}

func body(r *csv.Reader, order []Column) ([]Row, []app.Problem, error) {
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
		if strings.TrimSpace(strings.Join(fields, "")) == "" {
			continue // what a spreadsheet leaves below its last row
		}
		if len(rows) == MaxRows {
			return nil, nil, app.NewProblem("", "contacts_many", "most", MaxRows)
		}
		row := Row{Line: line}
		if len(fields) != len(order) {
			found = append(found, row.Problem("", "fields", "is", len(fields), "want", len(order)))
			continue
		}
		for i, c := range order {
			*row.field(c) = strings.TrimSpace(fields[i])
		}
		rows = append(rows, row)
	}
	return sift(rows, found)
}

// sift leaves the rows that are good in themselves and lists the problems of the others, by row.
func sift(rows []Row, found []app.Problem) ([]Row, []app.Problem, error) {
	for _, r := range rows {
		found = append(found, r.check()...)
	}
	found = append(found, twice(rows)...)
	rows = Without(rows, found)
	Sort(found)
	return rows, found, nil
}

// Without leaves out the rows that have a problem.
func Without(rows []Row, found []app.Problem) []Row {
	bad := map[int]bool{}
	for _, p := range found {
		bad[p.Line] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return bad[r.Line] })
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
