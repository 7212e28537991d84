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
	"time"

	"github.com/pressly/goose/v3"
	"golang.org/x/sync/semaphore"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
	"github.com/sparekey/sparekey/backend/sqlite"
)

//go:embed migrations/*.sql
var embedded embed.FS

var migrations fs.FS = embedded

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
	MinAge    time.Duration // of a password that its owner changes
	ResetsToo bool          // the minimum age holds for a reset as well
	MaxAge    time.Duration // after which a password has to be changed; 0 for never
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
	turn   *semaphore.Weighted // of one: a question at a time, none while it hashes
	conn   *sqlite.Conn
	closed bool // whoever has the turn may touch it and conn
}

var _ port.Directory = (*Directory)(nil)

// InMemory is the path of a directory that is gone when it is closed.
const InMemory = sqlite.InMemory

// Open opens the directory in the file at path, and makes it, readable by its owner only, where there is none.
func Open(ctx context.Context, path string, config Config) (*Directory, error) {
	if config.Clock == nil || config.Hasher == nil || config.Parallel < 1 {
		return nil, errors.New("local directory: it needs a clock, a hasher and at least one hash at a time")
	}
	conn, err := connect(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("local directory: open %s: %w", path, err)
	}
	nobody, err := config.Hasher.Nobody()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("local directory: open %s: %w", path, err), conn.Close())
	}
	return &Directory{config: config, nobody: nobody, slots: semaphore.NewWeighted(int64(config.Parallel)), turn: semaphore.NewWeighted(1), conn: conn}, nil
}

// connect gives a connection to a directory that is brought up to date, whole or not at all.
func connect(ctx context.Context, path string) (*sqlite.Conn, error) {
	if path == InMemory {
		path = sqlite.Memory()
	} else if err := sqlite.Create(path); err != nil {
		return nil, err
	}
	conn, err := sqlite.Connect(path, sqlite.Write)
	if err != nil {
		return nil, err
	}
	if err := conn.Whole(func(db *sql.DB) error { return migrate(ctx, db) }); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// migrate brings a directory up to date. A newer version's is refused.
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
	have, want, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("a newer version wrote it: its schema has version %d, this program's %d", have, want)
	}
	_, err = provider.Up(ctx)
	return err
}

// Close closes the directory's file, once whoever asks has the answer.
func (d *Directory) Close() error {
	_ = d.turn.Acquire(context.Background(), 1) // which does not end
	defer d.turn.Release(1)
	if d.closed {
		return nil
	}
	d.closed = true
	return d.conn.Close()
}

// ask runs f alone with the connection. ctx bounds the wait for it; once f runs, it is carried through.
func (d *Directory) ask(ctx context.Context, f func(*sqlite.Conn) error) error {
	if err := d.turn.Acquire(ctx, 1); err != nil {
		return unavailable("wait", err)
	}
	defer d.turn.Release(1)
	if d.closed {
		return unavailable("ask", errors.New("the directory is closed"))
	}
	return f(d.conn)
}

// update runs f in a transaction, which is on the disk when it returns.
func (d *Directory) update(ctx context.Context, f func(*sqlite.Conn) error) error {
	return d.write(ctx, true, f)
}

// note is update that does not wait for the disk: a power failure may take back what f did. Nobody gets at passwords here but
// through a backend, which has each guess on the disk before it asks: that count holds where this one is lost.
func (d *Directory) note(ctx context.Context, f func(*sqlite.Conn) error) error {
	return d.write(ctx, false, f)
}

func (d *Directory) write(ctx context.Context, flush bool, f func(*sqlite.Conn) error) error {
	return d.ask(ctx, func(conn *sqlite.Conn) error {
		if err := conn.Flushing(flush); err != nil {
			return unavailable("begin", err)
		}
		if _, err := conn.Exec(`BEGIN IMMEDIATE`); err != nil {
			return unavailable("begin", err)
		}
		kept := false
		defer func() {
			if !kept { // f failed, or panicked
				_, _ = conn.Exec(`ROLLBACK`)
			}
		}()
		if err := f(conn); err != nil {
			return err
		}
		_, err := conn.Exec(`COMMIT`)
		kept = err == nil
		return unavailable("commit", err)
	})
}

// one reads the person of a query; port.ErrNotFound where there is none.
func (d *Directory) one(ctx context.Context, query string, args ...any) (r record, err error) {
	err = d.ask(ctx, func(conn *sqlite.Conn) error {
		r, err = read(conn.Row(query, args...))
		return err
	})
	return r, err
}

// unavailable is an error of SQL for the backend; nil for nil.
func unavailable(doing string, err error) error {
	if err == nil {
		return nil
	}
	return app.Errorf(app.CodeUnavailable, "local directory: %s: %w", doing, err)
}
