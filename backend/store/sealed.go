package store

import (
	"context"
	"errors"

	"github.com/sparekey/sparekey/backend/port"
)

// sealedColumn is a column of sealed values, and the one that names its row.
type sealedColumn struct{ table, id, name string }

// sealedColumns are all of them. That of meta comes first: it always has a value, so that the first step of Reseal writes.
var sealedColumns = []sealedColumn{
	{"meta", "name", "value"},
	{"flow", "id", "state"},
	{"flow", "id", "last_answer"},
	{"credential", "id", "secret"},
	{"credential", "id", "masked"},
	{"credential", "id", "address"},
	{"outbox", "id", "message"},
	{"former_channel", "id", "address"},
	{"help_request", "receipt", "user_id"},
}

// query selects the column's values, each with its row; more follows the condition.
func (c sealedColumn) query(more string) string {
	condition := c.name + ` IS NOT NULL`
	if c.table == "meta" {
		condition += ` AND name <> '` + policyFile + `'`
	}
	return `SELECT ` + c.id + `, ` + c.name + ` FROM ` + c.table + ` WHERE ` + condition + more
}

// place is what a value is bound to.
func (c sealedColumn) place(id string) string { return c.table + "." + c.name + "|" + id }

// EachSealed gives every sealed value of a transaction of this store's, and the place that it is bound to. An error of each ends
// it, and is returned as it is.
func EachSealed(tx port.Tx, each func(place string, sealed []byte) error) error {
	for _, c := range sealedColumns {
		if err := c.each(tx.(*transaction), each); err != nil {
			return err
		}
	}
	return nil
}

func (c sealedColumn) each(t *transaction, each func(place string, sealed []byte) error) error {
	rows, err := t.conn.Query(c.query(``))
	if err != nil {
		return failure("read sealed values", err)
	}
	for rows.Next() {
		var id string
		var sealed []byte
		err := rows.Scan(&id, &sealed)
		if err == nil {
			err = each(c.place(id), sealed)
		}
		if err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(failure("read sealed values", rows.Err()), rows.Close())
}

// resealed is how many rows a step of Reseal reads: few enough that nobody waits long for the writer.
const resealed = 200

// Reseal seals everything under the key that is active now, step by step, while others read and write. between is called
// after each step with how many values it moved; its error ends the work, which the next call begins again. What does not open
// stays as it is. Once Reseal has returned nil, and until the next key is made, whatever opens is sealed under the active one.
func (s *Store) Reseal(ctx context.Context, between func(moved int) error) error {
	for _, c := range sealedColumns {
		for after := ""; ; {
			var rows []sealedRow
			moved := 0
			err := s.Update(ctx, func(tx port.Tx) (err error) {
				rows, moved, err = c.reseal(tx.(*transaction), after)
				return err
			})
			if err != nil {
				return err
			}
			if err := between(moved); err != nil {
				return err
			}
			if len(rows) < resealed {
				break
			}
			after = rows[len(rows)-1].id
		}
	}
	return nil
}

type sealedRow struct {
	id    string
	value []byte
}

// reseal does the rows behind after.
func (c sealedColumn) reseal(t *transaction, after string) (rows []sealedRow, moved int, err error) {
	read := func(row scanner) (r sealedRow, err error) {
		err = t.scan("read sealed values", row, &r.id, &r.value)
		return r, err
	}
	rows, err = list(t, "read sealed values", read, c.query(` AND `+c.id+` > ? ORDER BY `+c.id+` LIMIT `+limit), after, resealed)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range rows {
		if t.sealer.Current(r.value) {
			continue
		}
		plain, err := t.sealer.Open(r.value, c.place(r.id))
		if err != nil { // nobody can do anything about it here
			continue
		}
		sealed, err := t.sealer.Seal(plain, c.place(r.id))
		clear(plain)
		if err != nil {
			return nil, 0, err
		}
		if err := t.exec("seal anew", `UPDATE `+c.table+` SET `+c.name+` = ? WHERE `+c.id+` = ?`, sealed, r.id); err != nil {
			return nil, 0, err
		}
		moved++
	}
	return rows, moved, nil
}
