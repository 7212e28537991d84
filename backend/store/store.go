// Package store keeps everything that the backend knows in SQLite. Updates run one after the other on the one connection that
// writes, and share commits (writer.go); readers have their own connections and see snapshots (write-ahead log). A commit is
// on the disk before Update returns (synchronous=FULL), and not when UpdateAhead does. The SQL is written by hand and keeps to what PostgreSQL knows too.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync/atomic"

	"github.com/pressly/goose/v3"

	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

//go:embed migrations/*.sql
var embedded embed.FS

var migrations fs.FS = embedded

// Store is the port.Store.
type Store struct {
	path    string
	writer  writer
	readers *readers
	sealer  port.Sealer
	checked atomic.Int64 // SQLite's number of the schema that was checked last
	seen    int64        // SQLite's number of what others wrote, as the writer found it last
	turns   turns
	blank   []byte // what is opened where a credential has nothing sealed
}

var _ port.Store = (*Store)(nil)

// Open opens the database at path, makes it (readable by its owner only) where there is none, and brings its schema up
// to date. It refuses a database that a newer version has written, one whose schema is not as the program made it, and one
// that was sealed under other keys.
func Open(ctx context.Context, path string, sealer port.Sealer) (*Store, error) {
	if err := sqlite.Create(path); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{path: path, sealer: sealer, seen: unchecked}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	if err := migrate(ctx, path); err != nil {
		return err
	}
	if s.writer.conn, err = sqlite.Connect(path, sqlite.Write); err != nil {
		return err
	}
	s.writer.turn = turn{openGate(path + "-turn")}
	// What a part of a round has changed is kept in memory until it is sure; in a file, which is SQLite's usual way with so many,
	// a reset writes every page of it twice more.
	for _, pragma := range []string{`wal_autocheckpoint = ` + checkpointAfter, `cache_size = ` + writersCache, `temp_store = memory`} {
		if _, err := s.writer.conn.Exec(`PRAGMA ` + pragma); err != nil {
			return err
		}
	}
	s.readers = newReaders(path, sqlite.QueryOnly)
	if err := s.checkKeys(ctx); err != nil {
		return err
	}
	return s.pad(ctx)
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files)
}

// migrate brings a database up to date, whose schema is as the program made it: before, so that nothing foreign acts, and
// afterwards. All that is missing is done in one transaction: where a step fails, the version before finds what it left.
func migrate(ctx context.Context, path string) (err error) {
	conn, err := sqlite.Connect(path, sqlite.Write)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := checkSnapshot(conn); err != nil {
		return err
	}
	if err := sameVersion(conn); !errors.Is(err, ErrOlder) {
		return err
	}
	return conn.Whole(func(db *sql.DB) error {
		if err := checkSchema(conn); err != nil { // another process may have been here
			return err
		}
		provider, err := newProvider(db)
		if err != nil {
			return err
		}
		if _, err := provider.Up(ctx); err != nil {
			return err
		}
		return checkSchema(conn)
	})
}

// checkpointAfter is after how many pages the log is copied into the database: 16 MiB. What is changed again and again is copied
// once.
const checkpointAfter = "4096"

// writersCache is how much of the database the writer keeps in memory at most, in KiB, which SQLite wants negative. Nobody else
// writes, as a rule, and so what it keeps stays good from one transaction to the next.
const writersCache = "-8192"

// ErrKeys says that the keys are not those that the database was sealed under.
var ErrKeys = errors.New("sealed under other keys")

// keysPlace is what the value is bound to that checkKeys opens.
const keysPlace = "meta.value|keys"

// checkKeys opens a value that was sealed when the database was new, so that wrong keys are found now and not in the
// middle of a conversation.
func (s *Store) checkKeys(ctx context.Context) error {
	var sealed []byte
	err := s.Update(ctx, func(t port.Tx) error {
		tx := t.(*transaction)
		err := tx.scan("check the keys", tx.row(`SELECT value FROM meta WHERE name = ?`, "keys"), &sealed)
		if errors.Is(err, port.ErrNotFound) {
			if sealed, err = tx.sealer.Seal([]byte("keys"), keysPlace); err != nil {
				return err
			}
			return tx.exec("check the keys", `INSERT INTO meta (name, value) VALUES (?, ?)`, "keys", sealed)
		}
		if err != nil {
			return err
		}
		if _, err := tx.sealer.Open(sealed, keysPlace); err != nil {
			return fmt.Errorf("%w: %w", ErrKeys, err)
		}
		return nil
	})
	s.blank = sealed
	return err
}

// transaction is f's, over a connection.
func (s *Store) transaction(ctx context.Context, conn *sqlite.Conn) *transaction {
	return &transaction{ctx: ctx, conn: conn, first: true, sealer: s.sealer, turns: &s.turns, blank: s.blank}
}

// View runs f on a snapshot that f's first question takes. f can't write.
func (s *Store) View(ctx context.Context, f func(port.Tx) error) error {
	conn, err := s.readers.take(ctx)
	if err != nil {
		return failure("wait for a reader", err)
	}
	defer s.readers.give(conn)
	if _, err := conn.Exec(`BEGIN`); err != nil {
		return failure("begin", err)
	}
	defer func() { _, _ = conn.Exec(`ROLLBACK`) }() // there is nothing to keep
	t := s.transaction(ctx, conn)
	t.reads = true
	return f(t)
}

// Close closes the database, once whoever reads or writes is done; what was committed is there the next time.
func (s *Store) Close() error {
	var errs []error
	if s.readers != nil {
		errs = append(errs, s.readers.close())
	}
	return errors.Join(append(errs, s.writer.close())...)
}
