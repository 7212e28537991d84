package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/sparekey/sparekey/backend/port"
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
	name, err := fileURL(path, url.Values{"mode": {"ro"}, "_query_only": {"1"}, "_pragma": {"busy_timeout(10000)"}})
	if err != nil {
		return fmt.Errorf("store: open %s: %w", path, err)
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return fmt.Errorf("store: open %s: %w", path, err)
	}
	defer func() { _ = db.Close() }() // nothing was written
	if err := sameSchema(ctx, db); err != nil {
		return fmt.Errorf("store: open %s: %w", path, err)
	}
	return (&Store{read: db}).View(ctx, f)
}

// sameSchema reports by an error whether another version wrote the database, or somebody else.
func sameSchema(ctx context.Context, db *sql.DB) error {
	s, err := readSchema(ctx, db)
	if err != nil {
		return err
	}
	have, err := versionOf(ctx, db, s)
	if err != nil {
		return err
	}
	want, err := newestVersion()
	switch {
	case err != nil:
		return err
	case have < want:
		return ErrOlder
	case have > want:
		return ErrNewer
	}
	return checkDatabase(ctx, db)
}
