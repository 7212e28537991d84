package methodtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestEveryMethodPassesTheSuite finds each kind's folder by its name, and the suite in its tests.
func TestEveryMethodPassesTheSuite(t *testing.T) {
	for _, kind := range app.Kinds() {
		names, err := filepath.Glob(filepath.Join("..", string(kind), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		tests := ""
		for _, name := range names {
			source, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			tests += string(source)
		}
		for _, call := range []string{"methodtest.Run(t, ", "methodtest.Fuzz(f, "} {
			if !strings.Contains(tests, call) {
				t.Errorf("no test in methods/%s calls %s…)", kind, call)
			}
		}
	}
}
