package policy

import (
	"os"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestTheSampleAndTheDocsNameEveryKind reads what an administrator reads beside methods.allowed.
func TestTheSampleAndTheDocsNameEveryKind(t *testing.T) {
	docs, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]string{
		"sample.toml":    lineWith(t, string(Sample()), "allowed = "),
		"docs/policy.md": lineWith(t, string(docs), "| `methods.allowed` |"),
	} {
		for _, kind := range app.Kinds() {
			if !strings.Contains(row, `"`+string(kind)+`"`) {
				t.Errorf("%s does not name %q beside methods.allowed", name, kind)
			}
		}
	}
}

func lineWith(t *testing.T, text, start string) string {
	t.Helper()
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, start) {
			return line
		}
	}
	t.Fatalf("no line begins with %q", start)
	return ""
}
