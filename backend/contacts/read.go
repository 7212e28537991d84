package contacts

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits of a file. What is imported goes into one transaction, for which an open window has to wait.
const (
	MaxBytes = 16 << 20
	MaxRows  = 10_000
)

// Read reads the file as a whole. It gives the rows that are good in themselves and a problem for each thing that is
// wrong in the others. Its error says why the file can't be read at all, or which of its columns is not known.
func Read(from io.Reader) ([]Row, []Problem, error) {
	data, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	if err != nil {
		return nil, nil, err
	}
	if len(data) > MaxBytes {
		return nil, nil, fmt.Errorf("the file has more than %d MiB", MaxBytes>>20)
	}
	if data, err = decode(data); err != nil {
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

// decode drops a byte order mark and refuses what is not UTF-8.
func decode(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return nil, errors.New("the file is UTF-16; save it as UTF-8")
	case bytes.IndexByte(data, 0) >= 0:
		return nil, errors.New("the file is no text")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	line := 1
	for rest := range bytes.Lines(data) {
		if !utf8.Valid(rest) {
			return nil, fmt.Errorf("row %d is not UTF-8; save the file as UTF-8", line)
		}
		line++
	}
	return data, nil
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
		return nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, malformed(err)
	}
	var order []Column
	for _, name := range names {
		c := Column(strings.ToLower(strings.TrimSpace(name)))
		switch {
		case !slices.Contains(columns(), c):
			return nil, fmt.Errorf("the first row names a column that is not known: %q (known are %s)", name, known())
		case slices.Contains(order, c):
			return nil, fmt.Errorf("the first row names the column %s twice", c)
		}
		order = append(order, c)
	}
	if !slices.Contains(order, ColumnUserID) {
		return nil, fmt.Errorf("the first row names no column %s (known are %s)", ColumnUserID, known())
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

func body(r *csv.Reader, order []Column) ([]Row, []Problem, error) {
	var rows []Row
	var found []Problem
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
			return nil, nil, fmt.Errorf("the file has more than %d rows; split it", MaxRows)
		}
		row := Row{Line: line}
		if len(fields) != len(order) {
			found = append(found, Problem{line, "", fmt.Sprintf("has %d fields, the first row has %d", len(fields), len(order))})
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
func sift(rows []Row, found []Problem) ([]Row, []Problem, error) {
	for _, r := range rows {
		found = append(found, r.check()...)
	}
	found = append(found, twice(rows)...)
	rows = Without(rows, found)
	Sort(found)
	return rows, found, nil
}

// Without leaves out the rows that have a problem.
func Without(rows []Row, found []Problem) []Row {
	bad := map[int]bool{}
	for _, p := range found {
		bad[p.Line] = true
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return bad[r.Line] })
}

// Sort orders problems by row; those of one row stay as they are.
func Sort(found []Problem) {
	slices.SortStableFunc(found, func(a, b Problem) int { return a.Line - b.Line })
}

// malformed says where the file stops being CSV, and quotes nothing of it.
func malformed(err error) error {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return fmt.Errorf("row %d: %w", wrong.Line, wrong.Err)
	}
	return err
}
