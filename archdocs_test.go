package main

import (
	"os"
	"strings"
	"testing"
)

// TestTheDocsShowEveryRoom holds that docs/architecture.md has each room of the table.
func TestTheDocsShowEveryRoom(t *testing.T) {
	docs, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := ""
	for line := range strings.Lines(string(docs)) {
		if cells := strings.Split(line, "|"); len(cells) > 1 {
			shown += cells[1]
		}
	}
	for name := range rooms {
		if name != "" && !strings.Contains(shown, "`"+name+"`") {
			t.Errorf("docs/architecture.md has no row of %s", name)
		}
	}
}
