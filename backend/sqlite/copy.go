package sqlite

import (
	"errors"
	"fmt"
	"os"
)

// Copy writes a snapshot of the database at path into a file, which it makes for its owner alone. Others may write meanwhile; what
// was deleted is not in it (VACUUM INTO leaves free pages out). An error leaves no file.
func Copy(path, into string) (err error) {
	if _, err := os.Lstat(into); err == nil {
		return fmt.Errorf("%s: %w", into, os.ErrExist)
	}
	if err := Create(into); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(into))
		}
	}()
	conn, err := Connect(path, ReadOnly)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.Exec(`PRAGMA query_only = 0`); err != nil { // the copy is written; the database is open for reading alone
		return err
	}
	_, err = conn.Exec(`VACUUM INTO ?`, into)
	return err
}

// ErrDamaged says that a file is no whole database, or that its rows don't fit each other.
var ErrDamaged = errors.New("the database is damaged")

// Verify reads the whole database at path, and looks whether its pages, indexes and rows fit each other: ErrDamaged otherwise.
func Verify(path string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	conn, err := Connect(path, ReadOnly)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var found string
	if err := conn.Row(`PRAGMA integrity_check(1)`).Scan(&found); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, found)
	}
	var table string
	switch err := conn.Row(`SELECT "table" FROM pragma_foreign_key_check`).Scan(&table); {
	case err == nil:
		return fmt.Errorf("%w: a row of %s refers to none", ErrDamaged, table)
	case !errors.Is(err, ErrNoRows):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}
