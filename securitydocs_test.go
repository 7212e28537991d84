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

var named = regexp.MustCompile("`((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)`")

// TestTheSecurityDocsMeetEachRequirement holds that docs/security.md has each requirement, and that each names a test or says
// that it is not met yet.
func TestTheSecurityDocsMeetEachRequirement(t *testing.T) {
	data, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := string(data)
	for n := 1; n <= requirements; n++ {
		_, row, found := strings.Cut(docs, fmt.Sprintf("\n| %d | ", n))
		row, _, _ = strings.Cut(row, "\n")
		if !found || !named.MatchString(row) && !strings.Contains(row, "**Not yet**") {
			t.Errorf("requirement %d has no row, or neither a test nor **Not yet**: %q", n, row)
		}
	}
}

// TestTheDocsNameRealTests in every document that names any.
func TestTheDocsNameRealTests(t *testing.T) {
	there := testNames(t)
	for _, file := range []string{"docs/security.md", "docs/securitykeys.md"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range named.FindAllStringSubmatch(string(data), -1) {
			if !there[name[1]] {
				t.Errorf("%s names %s, which there is not", file, name[1])
			}
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
