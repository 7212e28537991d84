// Package local is a directory of its own, for the trial and for tests: people, groups and passwords in a SQLite file.
// It behaves as an organisation's directory does: it hashes (argon2id), counts failures, locks, remembers old passwords
// and refuses.
package local

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
	"time"

	"github.com/pressly/goose/v3"
	"golang.org/x/sync/semaphore"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Config is how the directory behaves.
type Config struct {
	Clock     port.Clock
	Hasher    Hasher
	Parallel  int           // hashes at once, at least 1: each takes the hasher's memory
	Threshold int           // failures in a row that lock an account; 0 for never
	LockFor   time.Duration // how long a lock lasts
	Window    time.Duration // after the last failure, before all are forgotten; 0 for never
	History   int           // the last passwords, the present one included, that can't be set again
	MinLength int           // characters (Unicode code points, as they were typed)
	// Domain completes a name: ana and HARBOUR\ana are ana@harbour.example with the domain harbour.example. Empty for none.
	Domain string
}

// Hasher hashes passwords, just as they were typed.
type Hasher interface {
	// Hash makes a PHC string with a salt of its own.
	Hash(password app.Secret) (string, error)
	// Match reports whether a PHC string is of the password.
	Match(phc string, password app.Secret) (bool, error)
	// Nobody makes a PHC string that is of no password, and costs as much to match as any.
	Nobody() (string, error)
}

// Directory is the port.Directory.
type Directory struct {
	config Config
	nobody string // of no password: who has none costs as much to verify
	slots  *semaphore.Weighted
	db     *sql.DB // one connection: a question at a time, none while it hashes
}

var _ port.Directory = (*Directory)(nil)

// InMemory is the path of a directory that is gone when it is closed.
const InMemory = ":memory:"

// Open opens the directory in the file at path, and makes it, readable by its owner only, where there is none.
func Open(ctx context.Context, path string, config Config) (*Directory, error) {
	if config.Clock == nil || config.Hasher == nil || config.Parallel < 1 {
		return nil, errors.New("local directory: it needs a clock, a hasher and at least one hash at a time")
	}
	db, err := connect(path)
	if err != nil {
		return nil, fmt.Errorf("local directory: open %s: %w", path, err)
	}
	if err := migrate(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("local directory: open %s: %w", path, err), db.Close())
	}
	nobody, err := config.Hasher.Nobody()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("local directory: open %s: %w", path, err), db.Close())
	}
	return &Directory{config: config, nobody: nobody, slots: semaphore.NewWeighted(int64(config.Parallel)), db: db}, nil
}

func connect(path string) (*sql.DB, error) {
	query := url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"},
	}
	name := path + "?" + query.Encode()
	if path != InMemory {
		absolute, err := createFile(path)
		if err != nil {
			return nil, err
		}
		name = (&url.URL{Scheme: "file", Path: absolute, RawQuery: query.Encode()}).String()
	}
	db, err := sql.Open("sqlite", name)
	if err == nil {
		db.SetMaxOpenConns(1) // it also keeps a directory in memory in one place
	}
	return db, err
}

// createFile makes the file and its folder, for the owner only, and gives its path as a URL has it. A file that is there
// is never opened here: closing it would drop the locks that SQLite holds in this process.
func createFile(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(absolute), 0o700); err != nil {
		return "", err
	}
	file, err := os.OpenFile(absolute, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		err = os.Chmod(absolute, 0o600)
	case err == nil:
		err = file.Close()
	}
	slashed := filepath.ToSlash(absolute)
	if slashed[0] != '/' {
		slashed = "/" + slashed // C:/… becomes file:///C:/…
	}
	return slashed, err
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	names := goose.NewGoMigration(4, &goose.GoFunc{RunTx: addNames}, nil)
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithGoMigrations(names))
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// Close closes the directory's file.
func (d *Directory) Close() error { return d.db.Close() }

// update runs f in a transaction. ctx bounds the wait for it; once f runs, it is carried through.
func (d *Directory) update(ctx context.Context, f func(*sql.Tx) error) error {
	conn, err := d.db.Conn(ctx)
	if err != nil {
		return unavailable("wait", err)
	}
	defer func() { _ = conn.Close() }() // gives it back
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return unavailable("begin", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := f(tx); err != nil {
		return err
	}
	return unavailable("commit", tx.Commit())
}

// unavailable is an error of SQL for the backend; nil for nil.
func unavailable(doing string, err error) error {
	if err == nil {
		return nil
	}
	return app.Errorf(app.CodeUnavailable, "local directory: %s: %w", doing, err)
}
