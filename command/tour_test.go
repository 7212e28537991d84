//go:build !headless

package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/ui/tour"
)

func TestATourWritesOverNothingButATour(t *testing.T) {
	out := t.TempDir()
	transcript := filepath.Join(out, "transcript.json")
	earlier, err := json.MarshalIndent(tour.Transcript{}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]string{
		string(earlier):       "",
		`{"of": "a hearing"}`: transcript + " exists already and is something else",
	} {
		if err := os.WriteFile(transcript, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		err := (&tourCommand{Out: out}).checkOut()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("over %s: %v, want %q", content, err, want)
		}
	}
	if err := (&tourCommand{Out: filepath.Join(out, "none")}).checkOut(); err != nil {
		t.Errorf("in a new folder: %v", err)
	}
}
