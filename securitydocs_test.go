package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const requirements = 66

// TestTheSecurityDocsNameRealTests holds that docs/security.md has each requirement, that each names a test or says that it is
// not met yet, and that there is every test that it names.
func TestTheSecurityDocsNameRealTests(t *testing.T) {
	data, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	docs, there := string(data), testNames(t)
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)`")
	for _, name := range named.FindAllStringSubmatch(docs, -1) {
		if !there[name[1]] {
			t.Errorf("docs/security.md names %s, which there is not", name[1])
		}
	}
	for n := 1; n <= requirements; n++ {
		_, row, found := strings.Cut(docs, fmt.Sprintf("\n| %d | ", n))
		row, _, _ = strings.Cut(row, "\n")
		if !found || !named.MatchString(row) && !strings.Contains(row, "**Not yet**") {
			t.Errorf("requirement %d has no row, or neither a test nor **Not yet**: %q", n, row)
		}
	}
}

// testNames are the tests and fuzz targets of the tree.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names, declared := map[string]bool{}, regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			if err == nil && d.IsDir() && path == "build" {
				return filepath.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(path)
		for _, f := range declared.FindAllStringSubmatch(string(data), -1) {
			names[f[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
