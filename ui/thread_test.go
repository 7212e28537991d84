package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// sources parses a package's files, without its tests.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = file
	}
	return files
}

func TestOnlyOneFileStartsGoroutines(t *testing.T) {
	for name, file := range sources(t, ".") {
		if name == "async.go" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine: async.go is the only way off the UI thread", name)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "fyne" && (n.Sel.Name == "Do" || n.Sel.Name == "DoAndWait") {
					t.Errorf("%s comes back by fyne.%s: async.go is the only way back", name, n.Sel.Name)
				}
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Sleep" || n.Sel.Name == "NewTicker") && name != "options.go" {
					t.Errorf("%s uses time.%s: the clock is injected", name, n.Sel.Name)
				}
			}
			return true
		})
	}
}
