package vault

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// keyFile is the wrapped keys at rest. It lies beside the database and is in none of its backups: without the master key it
// is of no use, and without it the database is of none. The last key is the active one.
type keyFile struct {
	Version int          `json:"version"`
	Index   []byte       `json:"index"`
	Keys    []wrappedKey `json:"keys"`
}

type wrappedKey struct {
	ID      uint32 `json:"id"`
	Wrapped []byte `json:"wrapped"`
	// Made is when Rotate made the key; zero for the first one, and where an older program made it.
	Made time.Time `json:"made,omitzero"`
}

// read gives the keys in a file, and by which file it was: replace puts another one in its place.
func read(path string) (keyFile, os.FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return keyFile{}, nil, fmt.Errorf("vault: read the key file: %w", err)
	}
	defer func() { _ = f.Close() }() // read only: nothing to lose
	info, err := f.Stat()
	if err != nil {
		return keyFile{}, nil, fmt.Errorf("vault: read the key file: %w", err)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		return keyFile{}, nil, fmt.Errorf("vault: read the key file: %w", err)
	}
	var file keyFile
	if err := json.Unmarshal(raw, &file); err != nil {
		return keyFile{}, nil, fmt.Errorf("vault: key file %s: %w", path, err)
	}
	if file.Version != version || len(file.Keys) == 0 {
		return keyFile{}, nil, fmt.Errorf("vault: key file %s: version %d with %d keys is not one of ours", path, file.Version,
			len(file.Keys))
	}
	return file, info, nil
}

// create writes the file where there is none: of two that try at once, one fails with fs.ErrExist.
func (f keyFile) create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("vault: folder of the key file: %w", err)
	}
	return f.write(path, os.Link)
}

// replace puts a new file in the place of the old one. Whoever calls it holds the lock, so that what lies beside it is of a process that
// was killed: that has keys in it which may be dropped since.
func (f keyFile) replace(path string) error {
	if err := clearAway(path); err != nil {
		return fmt.Errorf("vault: write the key file: %w", err)
	}
	return f.write(path, os.Rename)
}

// clearAway removes what write, killed half-way, left beside the key file.
func clearAway(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		number, is := strings.CutPrefix(e.Name(), filepath.Base(path)+".")
		if is && number != "" && strings.Trim(number, "0123456789") == "" && e.Type().IsRegular() {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(path), e.Name())))
		}
	}
	return err
}

// write puts the file at path durably, whole or not at all: it is written under another name first, and place gives it
// its own.
func (f keyFile) write(path string, place func(from, to string) error) error {
	raw, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("vault: key file: %w", err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("vault: write the key file: %w", err)
	}
	defer func() { _ = os.Remove(temporary.Name()) }() // already gone after a rename
	if err := writeSynced(temporary, append(raw, '\n')); err != nil {
		return fmt.Errorf("vault: write the key file: %w", err)
	}
	if err := place(temporary.Name(), path); err != nil {
		return fmt.Errorf("vault: write the key file: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

// writeSynced writes all of raw to the disk and closes the file, whatever happens.
func writeSynced(f *os.File, raw []byte) error {
	_, err := f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
