package contacts

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

// Read reads the file as a whole. It gives the rows that are good in themselves and a problem for each thing that is
// wrong in the others. Its error has an app.Problem for each thing that is wrong with the whole file: why it can't be read at
// all, or what its first row lacks and what in it is not known.
func Read(from io.Reader, n Naming) ([]Row, []app.Problem, error) {
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
		separator = n.separator(data)
	}
	r := newReader(data, separator)
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, app.NewProblem("", "contacts_empty")
	}
	if err != nil {
		return nil, nil, malformed(err)
	}
	h, err := n.read(names)
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
