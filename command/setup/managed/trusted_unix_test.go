//go:build unix

package managed

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sparekey/sparekey/app/config"
)

// laid lays a settings file into a folder of its own, with these modes.
func laid(t *testing.T, folder, file fs.FileMode) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sparekey")
	path := filepath.Join(dir, "settings.toml")
	for _, err := range []error{
		os.Mkdir(dir, 0o700), os.WriteFile(path, []byte("server = \"https://a.example\"\n"), 0o600), os.Chmod(path, file), os.Chmod(dir, folder),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// me stands for root, since a test may be somebody else.
func me(path string) ([]byte, error) { return readOwned(path, uint32(os.Getuid())) }

// Threat: somebody who works at the computer names a server of theirs to everybody else who does.
func TestOnlyWhatRootAloneMayWriteCounts(t *testing.T) {
	linked := func(to string) string {
		link := filepath.Join(t.TempDir(), "link.toml")
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		return link
	}
	for name, c := range map[string]struct {
		path   string
		refuse bool
	}{
		"root's":                        {laid(t, 0o755, 0o644), false},
		"root's, for some":              {laid(t, 0o750, 0o640), false},
		"everybody may write":           {laid(t, 0o755, 0o646), true},
		"a group may write":             {laid(t, 0o755, 0o664), true},
		"everybody may put another one": {laid(t, 0o757, 0o644), true},
		"a group may put another one":   {laid(t, 0o775, 0o644), true},
		"nobody may replace it":         {laid(t, 0o777|fs.ModeSticky, 0o644), false},
		"linked to a good one":          {linked(laid(t, 0o755, 0o644)), false},
		"linked to a bad one":           {linked(laid(t, 0o777, 0o644)), true},
	} {
		var got settings
		place, err := loadFile(c.path, me, &got, decodeTOML)
		var wrong *config.Problems
		refused := errors.As(err, &wrong) && wrong.List[0].Code == "others_may_write" && wrong.File == c.path
		if refused != c.refuse || place != c.path || (got.Server == "") != c.refuse {
			t.Errorf("%s: %+v from %s, %v", name, got, place, err)
		}
	}
}

func TestAnotherOwnersFileDoesNotCount(t *testing.T) {
	path := laid(t, 0o755, 0o644)
	_, err := readOwned(path, uint32(os.Getuid())+1)
	if os.Getuid() == 0 { // root's own is good, whoever else is
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, 65534, 0); err != nil {
			t.Fatal(err)
		}
		_, err = ReadTrusted(path)
	}
	var wrong *config.Problems
	if !errors.As(err, &wrong) || wrong.List[0].Code != "others_may_write" {
		t.Errorf("somebody else's file was read: %v", err)
	}
}

func TestNoFileSetsNothing(t *testing.T) {
	var got settings
	if place, err := loadFile(filepath.Join(t.TempDir(), "none.toml"), ReadTrusted, &got, decodeTOML); place != "" || err != nil {
		t.Errorf("%q, %v", place, err)
	}
	if place, err := loadFile(filepath.Join(laid(t, 0o755, 0o644), "below"), me, &got, decodeTOML); place == "" || err == nil {
		t.Errorf("what can't be looked for was taken for nothing: %q, %v", place, err)
	}
}
