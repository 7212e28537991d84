package breached

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// some is a list of the hashes of n numbered passwords, but for those that are lost.
func some(n int, lost func(sum *[sha1.Size]byte) bool) string {
	var lines []string
	for i := range n {
		if sum := sha1.Sum([]byte(numbered(i))); !lost(&sum) {
			lines = append(lines, fmt.Sprintf("%X:1\n", sum))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func TestAPartialListIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	for name, c := range map[string]struct {
		listed int
		lost   func(sum *[sha1.Size]byte) bool
		want   string
	}{
		"its end is missing":    {200_000, func(s *[sha1.Size]byte) bool { return s[0] >= 0x24 }, "24 to FF are missing, or far too few, and 86 %"},
		"its beginning":         {200_000, func(s *[sha1.Size]byte) bool { return s[0] < 0x80 }, "00 to 7F are missing, or far too few, and 50 %"},
		"a file in the middle":  {20_000, func(s *[sha1.Size]byte) bool { return s[0] == 0x0A }, "0A are missing, or far too few, and 0 %"},
		"two gaps":              {200_000, func(s *[sha1.Size]byte) bool { return s[0] == 0 || s[0] == 0xFE || s[0] == 0xFF }, "00, FE to FF are"},
		"cut off within a byte": {200_000, func(s *[sha1.Size]byte) bool { return s[0] == 0xFF && s[1] >= 0x30 }, "FF are missing"},
		"all in one byte":       {20_000, func(s *[sha1.Size]byte) bool { s[0] = 0; return false }, "01 to FF are missing"},
		"whole":                 {200_000, func(*[sha1.Size]byte) bool { return false }, ""},
		"whole and small":       {10_000, func(*[sha1.Size]byte) bool { return false }, ""},
		"too small to tell":     {2_000, func(s *[sha1.Size]byte) bool { return s[0] >= 0x80 }, ""},
	} {
		list := some(c.listed, c.lost)
		path := filepath.Join(t.TempDir(), "f")
		_, err := Build(strings.NewReader(list), path, Options{})
		if c.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if _, there := os.Stat(path); err == nil || !strings.Contains(said(err), c.want) || there == nil {
			t.Errorf("%s: %v, want %q; the filter: %v", name, err, c.want, there)
		}
		made, err := Build(strings.NewReader(list), path, Options{Partial: true})
		if err != nil {
			t.Fatal(err)
		}
		if kept := opened(t, path).Missing(); kept != made.Missing || kept == (Missing{}) || !strings.Contains(c.want, kept.String()+" are") {
			t.Errorf("%s: the filter keeps %q, want %q", name, kept, made.Missing)
		}
	}
}

func TestPaddingHasNotLeaked(t *testing.T) {
	sum := func(password string) string { return fmt.Sprintf("%X", sha1.Sum([]byte(password))) }
	lines := []string{sum("leaked") + ":10\n", sum("padding") + ":0\n", sum("more padding") + ":000\n", sum("alone") + "\n"}
	slices.Sort(lines)
	path := filepath.Join(t.TempDir(), "f")
	made, err := Build(strings.NewReader(strings.Join(lines, "")), path, Options{})
	if err != nil || made != (Built{Count: 2, Padding: 2}) {
		t.Fatalf("%+v, %v", made, err)
	}
	f := opened(t, path)
	for password, want := range map[string]bool{"leaked": true, "alone": true, "padding": false, "more padding": false} {
		if contains(t, f, password) != want {
			t.Errorf("%q: %v", password, !want)
		}
	}
	if _, err := Build(strings.NewReader(sum("padding")+":0\n"), path, Options{}); err == nil || said(err) != "the list is empty" {
		t.Errorf("nothing but padding: %v", err)
	}
}

// TestAFilterOfVersion1IsRead: nothing is known to be missing from it.
func TestAFilterOfVersion1IsRead(t *testing.T) {
	whole, err := os.ReadFile(built(t, strings.NewReader(list("a", "b", "c"))))
	if err != nil {
		t.Fatal(err)
	}
	old := slices.Concat(whole[:len(whole)-tailSize-len(Missing{})], whole[len(whole)-tailSize:])
	old[len(magic)] = 1
	mend(old)
	f, err := read(bytes.NewReader(old), int64(len(old)))
	if err != nil {
		t.Fatal(err)
	}
	if !contains(t, f, "b") || contains(t, f, "d") || f.Count() != 3 || f.Missing() != (Missing{}) {
		t.Errorf("%d passwords, missing %q", f.Count(), f.Missing())
	}
}

func TestAFilterReplacesNothingElse(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "list.txt")
	others := map[string]string{source: list("a"), filepath.Join(dir, "policy.toml"): "[organisation]\n"}
	for path, content := range others {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, content := range others {
		if _, err := Build(strings.NewReader(list("a")), path, Options{Source: source}); err == nil || !strings.HasPrefix(said(err), path+" ") {
			t.Errorf("%s was written over: %v", path, err)
		}
		if kept, _ := os.ReadFile(path); string(kept) != content {
			t.Errorf("%s holds %q", path, kept)
		}
	}
	path := built(t, strings.NewReader(list("a")))
	old := opened(t, path)
	if _, err := Build(strings.NewReader(list("b")), path, Options{Source: source}); err != nil {
		t.Fatal(err)
	}
	if f := opened(t, path); contains(t, f, "a") || !contains(t, f, "b") || !contains(t, old, "a") {
		t.Error("a filter that is open is not replaced, or changes under who reads it")
	}
}
