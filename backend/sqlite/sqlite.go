// Package sqlite opens SQLite databases, as everything that keeps one needs them: a write-ahead log, each commit on the disk
// before it returns (synchronous=FULL), unless Conn.Flushing says otherwise, foreign keys, and ten seconds of patience with other processes. Where there is a
// C compiler SQLite itself is used, elsewhere (a build with CGO_ENABLED=0) its translation to Go: docs/adr/0025.
package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// InMemory is the path of a database that is gone when its last connection is closed. Each Connect to it, and each Open, has
// one of its own; Memory gives a path that several share.
const InMemory = ":memory:"

// shared begins the path of a database in memory.
const shared = "memory:"

var memories atomic.Int64

// Memory is the path of a database in memory that all who open the path share.
func Memory() string { return fmt.Sprint(shared, memories.Add(1)) }

// Mode is what a connection may do.
type Mode int

// The modes.
const (
	Write     Mode = iota // a transaction takes the writer's lock when it begins
	QueryOnly             // of a database that others write: it can't write
	ReadOnly              // the file is not touched, not even to make its log
)

// patience is how long a statement waits for another process's lock, in milliseconds.
const patience = "10000"

// Open gives the database at path, to which it connects when it is first asked. It makes no file: Create does.
func Open(path string, mode Mode) (*sql.DB, error) {
	name, err := fileURL(path, options(mode))
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(driverName, name)
	if err == nil && path == InMemory {
		db.SetMaxOpenConns(1) // each connection would have a database of its own
	}
	return db, err
}

// options are what a connection is told when it opens; pragma is how the driver wants it told.
func options(mode Mode) url.Values {
	o := url.Values{}
	pragma(o, "busy_timeout", patience)
	pragma(o, "foreign_keys", "1")
	switch mode {
	case Write:
		o.Set("_txlock", "immediate")
	case QueryOnly:
		o.Set("_query_only", "1")
	case ReadOnly:
		o.Set("_query_only", "1")
		o.Set("mode", "ro")
		return o
	}
	pragma(o, "journal_mode", "WAL")
	pragma(o, "synchronous", "FULL")
	return o
}

// fileURL names a database for the driver.
func fileURL(path string, options url.Values) (string, error) {
	if path == InMemory {
		return "file:" + InMemory + "?" + options.Encode(), nil
	}
	if nth, is := strings.CutPrefix(path, shared); is {
		options.Set("vfs", "memdb")
		return "file:/" + nth + "?" + options.Encode(), nil
	}
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

// Flush has every commit on the disk that the database at path has had, where a connection to it is open. The log is the one file
// of a database that may be opened beside SQLite: SQLite holds no lock on it that closing it would drop.
func Flush(path string) error {
	log, err := os.OpenFile(path+"-wal", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // closed, and with that on the disk
	}
	if err != nil {
		return err
	}
	return errors.Join(log.Sync(), log.Close())
}

// Create makes a database's file and folder, for the owner only; SQLite gives its log the same mode. A file that is there
// is never opened here: closing it would drop the locks that SQLite holds in this process.
func Create(path string) error {
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
