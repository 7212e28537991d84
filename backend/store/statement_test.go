package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// TestNoPreparedTextIsReadAnew: a bare placeholder after LIMIT, or for what a column is equal to in a query that sorts, undoes
// what preparing a statement is for.
func TestNoPreparedTextIsReadAnew(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	bare := regexp.MustCompile("LIMIT\\s+\\?|\\w = \\?[^`]*ORDER BY")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range bare.FindAllIndex(text, -1) {
			t.Errorf("%s: %q is read anew whenever it is bound: use limit, someText or someHash", name, text[at[0]:at[1]])
		}
	}
}
