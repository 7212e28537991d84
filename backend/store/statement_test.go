package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestNoPreparedTextIsReadAnew: a bare placeholder after LIMIT undoes what preparing a statement is for.
func TestNoPreparedTextIsReadAnew(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	bare := regexp.MustCompile(`LIMIT\s+\?`)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if at := bare.FindIndex(text); at != nil {
			t.Errorf("%s: %q is read anew whenever another number is bound: use limit", name, text[at[0]:at[1]])
		}
	}
}
