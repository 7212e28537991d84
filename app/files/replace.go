package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/sparekey/sparekey/app"
)

// Replaceable says why a program must not write to path; nil where nothing is there, or a file that the program wrote
// before, which magic begins, and that is none of those that it reads, links followed. The error is an app.Problem, or
// that of looking.
func Replaceable(path, magic string, sources ...string) error {
	target, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, source := range sources {
		read, err := os.Stat(source)
		if err != nil {
			return err
		}
		if os.SameFile(read, target) {
			return app.NewProblem("", "target_source", "file", path)
		}
	}
	if !target.Mode().IsRegular() {
		return app.NewProblem("", "target_foreign", "file", path)
	}
	f, err := Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, len(magic))
	switch _, err := io.ReadFull(f, head); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), err == nil && string(head) != magic:
		return app.NewProblem("", "target_foreign", "file", path)
	default:
		return err
	}
}

// Replace writes a file anew, whole or not at all: write gets a file beside it, which takes its place once it is on the
// disk. Who has the old one open reads on in that. A link stays one.
func Replace(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	if linked, err := filepath.EvalSymlinks(path); err == nil {
		path = linked
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // it may be closed already
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Rename(f.Name(), path)
	if err != nil && runtime.GOOS == "windows" {
		err = swap(f.Name(), path, os.Rename)
	}
	return err
}

// Add writes a file that is not there yet, whole or not at all: fs.ErrExist where it is. What a process that was killed over it
// left beside it goes.
func Add(path string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	if err := clearAway(path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if gone := os.Remove(f.Name()); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}()
	if err = write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err = errors.Join(f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	err = os.Link(f.Name(), path) // unlike a rename it replaces nothing
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	own, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode) // a file system without links
	if err != nil {
		return err
	}
	if err = errors.Join(own.Close(), os.Rename(f.Name(), path)); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// clearAway removes what Replace and Add, killed half-way, left beside a file.
func clearAway(path string) error {
	dir, base := filepath.Split(path)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		middle, is := strings.CutPrefix(e.Name(), base+".")
		number, ends := strings.CutSuffix(middle, ".tmp")
		if !is || !ends || number == "" || strings.Trim(number, "0123456789") != "" || !e.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// swap puts a file in the place of one that is open, on a system where such a one can be renamed and not replaced.
func swap(from, to string, rename func(from, to string) error) error {
	aside := from + ".old"
	if err := rename(to, aside); err != nil {
		return err
	}
	if err := rename(from, to); err != nil {
		return errors.Join(err, rename(aside, to))
	}
	_ = os.Remove(aside) // it goes once nobody has it open
	return nil
}
