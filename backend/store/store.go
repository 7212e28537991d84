// Package store keeps everything that the backend knows in SQLite. One writer holds the one connection that writes, so
// updates run one after the other; readers have their own and see snapshots (write-ahead log). A commit is on the disk
// before Update returns (synchronous=FULL). The SQL is written by hand and keeps to what PostgreSQL knows too.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/sparekey/sparekey/backend/port"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the port.Store.
type Store struct {
	write, read   *sql.DB // write has one connection
	writes, reads *statements
	sealer        port.Sealer
	checked       atomic.Int64 // SQLite's number of the schema that was checked last
	blank         []byte       // what is opened where a credential has nothing sealed
}

var _ port.Store = (*Store)(nil)

// Open opens the database at path, makes it (readable by its owner only) where there is none, and brings its schema up
// to date. It refuses a database that a newer version has written, one whose schema is not as the program made it, and one
// that was sealed under other keys.
func Open(ctx context.Context, path string, sealer port.Sealer) (*Store, error) {
	if err := createFile(path); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{sealer: sealer}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	if s.write, err = connect(path, url.Values{"_txlock": {"immediate"}}); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	if s.read, err = connect(path, url.Values{"_query_only": {"1"}}); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(2 * runtime.GOMAXPROCS(0))
	s.read.SetMaxIdleConns(2 * runtime.GOMAXPROCS(0))
	s.writes, s.reads = newStatements(s.write), newStatements(s.read)
	if err := s.checkKeys(ctx); err != nil {
		return err
	}
	return s.pad(ctx)
}

// connect describes connections to the database; none is opened yet.
func connect(path string, more url.Values) (*sql.DB, error) {
	more["_pragma"] = []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}
	name, err := fileURL(path, more)
	if err != nil {
		return nil, err
	}
	return sql.Open("sqlite", name)
}

// fileURL names the database for the driver.
func fileURL(path string, options url.Values) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	slashed := filepath.ToSlash(absolute)
	if slashed[0] != '/' {
		slashed = "/" + slashed // C:/… becomes file:///C:/…
	}
	name := url.URL{Scheme: "file", Path: slashed, RawQuery: options.Encode()}
	return name.String(), nil
}

// createFile makes the database's file and folder, for the owner only; SQLite gives its log the same mode. A file that
// is there is never opened here: closing it would drop the locks that SQLite holds in this process.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return os.Chmod(path, 0o600)
	}
	if err != nil {
		return err
	}
	return file.Close()
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files)
}

// migrate brings a database up to date, whose schema is as the program made it: before, so that nothing foreign acts, and
// afterwards.
func migrate(ctx context.Context, db *sql.DB) error {
	if err := checkDatabase(ctx, db); err != nil {
		return err
	}
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > target {
		return fmt.Errorf("schema version %d is newer than this program's %d", current, target)
	}
	if _, err = provider.Up(ctx); err != nil {
		return err
	}
	return checkDatabase(ctx, db)
}

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
			return fmt.Errorf("sealed under other keys: %w", err)
		}
		return nil
	})
	s.blank = sealed
	return err
}

// View runs f on a snapshot that f's first question takes. f can't write.
func (s *Store) View(ctx context.Context, f func(port.Tx) error) error {
	s.reads.prepare(ctx)
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return failure("begin", err)
	}
	defer func() { _ = tx.Rollback() }() // there is nothing to keep
	return f(&transaction{ctx: ctx, tx: tx, known: s.reads, sealer: s.sealer, blank: s.blank})
}

// Update runs f in the one writing transaction. ctx bounds the wait for it; once f runs, it is carried through, so that
// a caller who hangs up leaves no doubt behind. f must not call Update.
func (s *Store) Update(ctx context.Context, f func(port.Tx) error) error {
	s.writes.prepare(ctx)
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return failure("wait for the writer", err)
	}
	defer func() { _ = conn.Close() }() // gives it back
	ctx = context.WithoutCancel(ctx)
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return failure("begin", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := s.unchanged(ctx, tx); err != nil {
		return err
	}
	if err := f(&transaction{ctx: ctx, tx: tx, known: s.writes, sealer: s.sealer, blank: s.blank}); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return failure("commit", err)
	}
	return nil
}

// Close closes the database; what was committed is there the next time.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}
