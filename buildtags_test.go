package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheToolkitsTagsAreSetInOnePlace: scripts/go adds them to every build, what the toolkit's own command reads agrees, and whoever is
// told to build without scripts/go is told all of them.
func TestTheToolkitsTagsAreSetInOnePlace(t *testing.T) {
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	set := regexp.MustCompile(`(?m)^tags=(\S+)$`).FindStringSubmatch(read("scripts/go"))
	if set == nil || !strings.Contains(set[1], "migrated_fynedo") {
		t.Fatalf("scripts/go sets %q", set)
	}
	if !strings.Contains(read("FyneApp.toml"), "[Migrations]\nfyneDo = true\n") {
		t.Error("FyneApp.toml says otherwise")
	}
	others, err := filepath.Glob("scripts/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(others, "Makefile", ".ci/run") {
		for _, tag := range strings.Split(set[1], ",") {
			if name != "scripts/go" && strings.Contains(read(name), tag) {
				t.Errorf("%s names %s, which scripts/go sets", name, tag)
			}
		}
	}
	told := regexp.MustCompile(`-tags [a-z_,]*`).FindAllString(read("README.md"), -1)
	for _, tags := range told {
		if !strings.HasSuffix(tags, set[1]) && !strings.HasSuffix(tags, "headless") {
			t.Errorf("README.md says %q, scripts/go %q", tags, set[1])
		}
	}
	if len(told) < 3 {
		t.Errorf("README.md tells of %q", told)
	}
}
