package api_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/client/wire"
)

// The codes come from the wire's table, which a test of its own holds against app's constants.
func TestTheDocsNameEveryCodeAndOperation(t *testing.T) {
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := string(text)
	for _, code := range wire.Codes() {
		if row := fmt.Sprintf("| `%s` | %d | ", code, wire.StatusOf(code)); !strings.Contains(docs, row) {
			t.Errorf("docs/api.md has no row %q", row)
		}
	}
	_, all := document(t)
	for _, d := range all {
		row := fmt.Sprintf("| `%s` | %s `%s` | %s", d.id, d.method, d.path, joined(d.roles))
		if d.scope != "" {
			row += fmt.Sprintf(" (`%s`)", d.scope)
		}
		if !strings.Contains(docs, row) {
			t.Errorf("docs/api.md has no row %q", row)
		}
	}
}

func joined(roles []app.Role) string {
	var names []string
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
