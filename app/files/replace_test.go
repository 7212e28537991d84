package files

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// linked makes a link to a file.
func linked(t *testing.T, link func(from, to string) error, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "link")
	if err := link(path, to); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestOnlyItsOwnFileIsReplaced(t *testing.T) {
	dir := t.TempDir()
	source := put(t, filepath.Join(dir, "source"), "MAGIC, but read")
	for name, c := range map[string]struct{ path, want string }{
		"none":                 {filepath.Join(dir, "none"), ""},
		"its own":              {put(t, filepath.Join(dir, "own"), "MAGIC and more"), ""},
		"a stranger's":         {put(t, filepath.Join(dir, "other"), "[organisation]"), "target_foreign"},
		"a shorter one":        {put(t, filepath.Join(dir, "short"), "MAG"), "target_foreign"},
		"an empty one":         {put(t, filepath.Join(dir, "empty"), ""), "target_foreign"},
		"a folder":             {dir, "target_foreign"},
		"a device":             {os.DevNull, "target_foreign"},
		"what is read":         {source, "target_source"},
		"a link to it":         {linked(t, os.Symlink, source), "target_source"},
		"a second name of it":  {linked(t, os.Link, source), "target_source"},
		"the same, roundabout": {filepath.Join(dir, "..", filepath.Base(dir), "source"), "target_source"},
	} {
		err := Replaceable(c.path, "MAGIC", source)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want+"{")) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestAFileIsReplacedAsAWhole(t *testing.T) {
	dir := t.TempDir()
	path := put(t, filepath.Join(dir, "f"), "old")
	failed := errors.New("half-way")
	err := Replace(path, 0o644, func(w io.Writer) error {
		_, err := io.WriteString(w, "ne")
		return errors.Join(err, failed)
	})
	if left, _ := os.ReadDir(dir); !errors.Is(err, failed) || content(t, path) != "old" || len(left) != 1 {
		t.Errorf("given up half-way: %v, %q, %d files", err, content(t, path), len(left))
	}
	link := linked(t, os.Symlink, path)
	if err := Replace(link, 0o644, func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode().Type() != fs.ModeSymlink || content(t, path) != "new" {
		t.Errorf("through a link: %v, %v, %q", info, err, content(t, path))
	}
}

// TestAFileThatIsOpenIsSwitched on a system where a rename replaces nothing.
func TestAFileThatIsOpenIsSwitched(t *testing.T) {
	dir := t.TempDir()
	from, to := put(t, filepath.Join(dir, "from"), "new"), put(t, filepath.Join(dir, "to"), "old")
	stuck := false
	rename := func(a, b string) error {
		if _, err := os.Stat(b); err == nil || stuck && a == from {
			return fs.ErrPermission
		}
		return os.Rename(a, b)
	}
	open, err := Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	stuck = true
	if err := swap(from, to, rename); err == nil || content(t, to) != "old" {
		t.Errorf("one that could not be switched: %v, %q", err, content(t, to))
	}
	stuck = false
	if err := swap(from, to, rename); err != nil || content(t, to) != "new" {
		t.Errorf("%v, %q", err, content(t, to))
	}
	if old, err := io.ReadAll(open); err != nil || string(old) != "old" {
		t.Errorf("who has it open reads %q, %v", old, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files are left", len(left))
	}
}

// TestAFileIsAddedAsAWholeOrNotAtAll, and never over another; what a killed process left of it goes, and nothing else.
func TestAFileIsAddedAsAWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	put(t, path+".123.tmp", "half")
	for _, other := range []string{"f.tmp", "f.12a.tmp", "ff.123.tmp"} {
		put(t, filepath.Join(dir, other), "somebody's")
	}
	failed := errors.New("half-way")
	err := Add(path, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, "ne")
		return errors.Join(err, failed)
	})
	if left, _ := os.ReadDir(dir); !errors.Is(err, failed) || len(left) != 3 {
		t.Errorf("given up half-way: %v, %v", err, left)
	}
	write := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	if err := Add(path, 0o600, write); err != nil || content(t, path) != "new" {
		t.Errorf("%v, %q", err, content(t, path))
	}
	if err := Add(path, 0o600, write); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over another: %v", err)
	}
	late := filepath.Join(dir, "late")
	err = Add(late, 0o600, func(w io.Writer) error { put(t, late, "first"); return write(w) })
	if left, _ := os.ReadDir(dir); !errors.Is(err, fs.ErrExist) || content(t, late) != "first" || len(left) != 5 {
		t.Errorf("somebody was quicker: %v, %q, %v", err, content(t, late), left)
	}
}

// TestNothingIsAddedWhereTheNewFileIsGone: another process that adds the same one clears away what it takes for left over.
func TestNothingIsAddedWhereTheNewFileIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heads")
	if err := Add(path, 0o600, func(w io.Writer) error { return os.Remove(w.(*os.File).Name()) }); err == nil {
		t.Error("what is gone was added")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty file stays in its place: %v", err)
	}
}
