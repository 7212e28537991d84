package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

// Why a database is not read: opening it for writing brings an older one up to date.
var (
	ErrOlder = errors.New("an older version wrote it")
	ErrNewer = errors.New("a newer version wrote it")
)

// Read runs f on a snapshot of the database at path, which it opens for reading alone: nothing is made or brought up to
// date, and f must ask for nothing that is sealed. ErrOlder and ErrNewer where another version wrote the database,
// port.ErrTampered where somebody else changed its schema; an error of f is returned as it is.
func Read(ctx context.Context, path string, f func(port.Tx) error) error {
	s := &Store{readers: newReaders(path, sqlite.ReadOnly)}
	defer func() { _ = s.Close() }() // nothing was written
	conn, err := s.readers.take(ctx)
	if err == nil {
		err = sameSchema(conn)
		s.readers.give(conn)
	}
	if err != nil {
		return fmt.Errorf("store: open %s: %w", path, err)
	}
	return s.View(ctx, f)
}

// sameSchema reports by an error whether another version wrote the database, or somebody else.
func sameSchema(conn *sqlite.Conn) error {
	if err := sameVersion(conn); err != nil {
		return err
	}
	return checkSchema(conn)
}

// sameVersion reports by ErrOlder or ErrNewer that another version wrote the database.
func sameVersion(conn *sqlite.Conn) error {
	s, err := readSchema(conn)
	if err != nil {
		return err
	}
	have, err := versionOf(conn, s)
	if err != nil {
		return err
	}
	want, err := newestVersion()
	switch {
	case err != nil:
		return err
	case have < want:
		return fmt.Errorf("%w: its schema has version %d, this program's %d", ErrOlder, have, want)
	case have > want:
		return fmt.Errorf("%w: its schema has version %d, this program's %d", ErrNewer, have, want)
	}
	return nil
}
