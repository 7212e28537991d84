package setup

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestASecondSetUpLeavesTheFirstAsItIs: both were begun before there was a server, in two terminals.
func TestASecondSetUpLeavesTheFirstAsItIs(t *testing.T) {
	dir, first := site(t)
	second, err := Begin(filepath.Join(dir, "server.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Draft{first, second} {
		if key, err := d.answerAll(t.Context(), nil); err != nil {
			t.Fatal(key, err)
		}
	}
	if _, err := first.Write(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	if done, err := second.Write(t.Context()); err == nil {
		t.Errorf("it is set up twice: %+v", done)
	}
	if after := tree(t, dir); !slices.Equal(after, before) {
		t.Errorf("it leaves\n%s\nof\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
	if _, err := Plan(filepath.Join(dir, "server.toml"), nil); err != nil {
		t.Errorf("the first server can't start: %v", err)
	}
}

// TestASetUpKeepsWhatCameIntoItsDataFolder since that was found empty.
func TestASetUpKeepsWhatCameIntoItsDataFolder(t *testing.T) {
	dir, d := site(t)
	if key, err := d.answerAll(t.Context(), nil); err != nil {
		t.Fatal(key, err)
	}
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "data", "directory.db"), "# mine\n")
	before := tree(t, dir)
	if _, err := d.Write(t.Context()); err == nil || !strings.Contains(err.Error(), "has something in it") {
		t.Errorf("it answers %v", err)
	}
	if after := tree(t, dir); !slices.Equal(after, before) {
		t.Errorf("it leaves\n%s", strings.Join(after, "\n"))
	}
}

// TestAFailedSetUpEmptiesAFolderThatWasThere: a store whose keys are gone is of no use, and keeps the next one out.
func TestAFailedSetUpEmptiesAFolderThatWasThere(t *testing.T) {
	dir, d := site(t)
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if key, err := d.answerAll(t.Context(), map[string]string{askAdminName: strings.Repeat("x", 201)}); err != nil {
		t.Fatal(key, err)
	}
	before := tree(t, dir)
	if done, err := d.Write(t.Context()); err == nil {
		t.Fatalf("%+v", done)
	}
	if after := tree(t, dir); !slices.Equal(after, before) {
		t.Errorf("it leaves\n%s", strings.Join(after, "\n"))
	}
}
