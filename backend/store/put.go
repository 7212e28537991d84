package store

import (
	"bytes"
	"strings"
	"time"
)

// column is one of a row, with what it holds: a string, a number, bytes, or nil.
type column struct {
	name   string
	value  any
	sealed bool // its bytes are sealed before they are written
}

// differs reports whether a column holds something else than before.
func (c column) differs(before column) bool {
	is, was := c.value, before.value
	a, bytesNow := is.([]byte)
	b, bytesThen := was.([]byte)
	if bytesNow && bytesThen {
		return !bytes.Equal(a, b)
	}
	return is != was
}

// rowOf names a row of a table by its ID.
type rowOf struct{ table, id string }

// noteRow remembers a row that was read, for put. A transaction sees nobody's changes but its own.
func (t *transaction) noteRow(row rowOf, columns func() []column) {
	if t.reads {
		return
	}
	if t.known == nil {
		t.known = make(map[rowOf]func() []column)
	}
	t.known[row] = columns
}

// forgetRows forgets what was read of a table, after a statement that changes rows by what they hold.
func (t *transaction) forgetRows(table string) {
	for row := range t.known {
		if row.table == table {
			delete(t.known, row)
		}
	}
}

// put inserts or replaces a row. Of one that was read in the transaction it writes what differs alone: SQLite rewrites the
// entries of each index of which a column is set, whether or not it changes, and so would touch a page of each.
func (t *transaction) put(doing string, row rowOf, columns []column) error {
	read, known := t.known[row]
	if !known {
		sets := make([]string, len(columns))
		for i, c := range columns {
			sets[i] = c.name + " = excluded." + c.name
		}
		return t.insert(doing, row, columns, ` ON CONFLICT (id) DO UPDATE SET `, strings.Join(sets, ", "))
	}
	var sets []string
	var args []any
	for i, before := range read() {
		if !columns[i].differs(before) {
			continue
		}
		value, err := t.atRest(row, columns[i])
		if err != nil {
			return err
		}
		sets, args = append(sets, columns[i].name+" = ?"), append(args, value)
	}
	if len(sets) == 0 {
		return nil
	}
	t.noteRow(row, func() []column { return columns })
	return t.exec(doing, `UPDATE `+row.table+` SET `+strings.Join(sets, ", ")+` WHERE id = ?`, append(args, row.id)...)
}

// insert inserts a row; orElse says what to do where there is one.
func (t *transaction) insert(doing string, row rowOf, columns []column, orElse ...string) error {
	names, args := []string{"id"}, []any{row.id}
	for _, c := range columns {
		value, err := t.atRest(row, c)
		if err != nil {
			return err
		}
		names, args = append(names, c.name), append(args, value)
	}
	t.noteRow(row, func() []column { return columns })
	return t.exec(doing, `INSERT INTO `+row.table+` (`+strings.Join(names, ", ")+`) VALUES (?`+
		strings.Repeat(", ?", len(columns))+`)`+strings.Join(orElse, ""), args...)
}

// atRest is what the database keeps of a column.
func (t *transaction) atRest(row rowOf, c column) (any, error) {
	plain, is := c.value.([]byte)
	switch {
	case c.sealed:
		return t.seal(plain, row.table+"."+c.name, row.id)
	case is:
		return blob(plain), nil
	}
	return c.value, nil
}

// The columns of a table are named in the order in which a record's fields are given to them.

func text[S ~string](name string, value S) column { return column{name: name, value: string(value)} }

func integer(name string, value int) column { return column{name: name, value: int64(value)} }

func flag(name string, value bool) column { return column{name: name, value: int64(number(value))} }

func instant(name string, value time.Time) column { return column{name: name, value: micros(value)} }

func hash(name string, value []byte) column { return column{name: name, value: value} }

func sealed(name string, value []byte) column { return column{name: name, value: value, sealed: true} }
