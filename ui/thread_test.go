package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sources parses the files of all the window's rooms, without tests. Widgets know no services, the tour acts from
// outside, and uitest is for tests.
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
				if isOneOf(n, "kit", "Do", "DoAndWait") {
					t.Errorf("%s comes back by kit.%s: %s is the only way back", name, n.Sel.Name, only)
				}
				if isOneOf(n, "time", "Now", "Sleep", "NewTicker") && path.Base(name) != "options.go" {
					t.Errorf("%s uses time.%s: the clock is injected", name, n.Sel.Name)
				}
			}
			return true
		})
	}
}

// isOneOf reports whether a selector names something of a package.
func isOneOf(sel *ast.SelectorExpr, pkg string, names ...string) bool {
	x, is := sel.X.(*ast.Ident)
	return is && x.Name == pkg && slices.Contains(names, sel.Sel.Name)
}
