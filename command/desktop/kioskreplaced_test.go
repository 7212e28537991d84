package desktop

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAProgramThatWasReplacedIsNoticed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(name, []byte("a program"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(path)
	is := programReplaced(path)
	if is() {
		t.Error("a program that nobody touched was replaced")
	}
	write(path + ".new")
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	if !is() {
		t.Error("one that an upgrade put in its place is not noticed")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if is() {
		t.Error("where there is none any more, none takes over")
	}
}
