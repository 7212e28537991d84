package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// sources parses the files of all the window's rooms, without tests. Widgets know no services, the tour acts from outside,
// and uitest is for tests.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (path == "kit" || path == "tour" || path == "uitest"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		files[filepath.ToSlash(path)] = file
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestOnlyOneFileStartsGoroutines(t *testing.T) {
	const only = "shell/async.go"
	files := sources(t)
	if files[only] == nil || len(files) < 40 {
		t.Fatalf("%d files were read", len(files))
	}
	for name, file := range files {
		if name == only {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s starts a goroutine: %s is the only way off the UI thread", name, only)
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "fyne" && (n.Sel.Name == "Do" || n.Sel.Name == "DoAndWait") {
					t.Errorf("%s comes back by fyne.%s: %s is the only way back", name, n.Sel.Name, only)
				}
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Sleep" || n.Sel.Name == "NewTicker") && name != "options.go" {
					t.Errorf("%s uses time.%s: the clock is injected", name, n.Sel.Name)
				}
			}
			return true
		})
	}
}
