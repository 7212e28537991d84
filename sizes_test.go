package main

import (
	"go/ast"
	"go/token"
	"os"
	"strings"
	"testing"
)

// The sizes that keep the code light: those of the best programs of this kind. A wall, a check or a bound is never removed
// to meet a number.
const (
	mostFileLines  = 300
	mostFuncLines  = 60
	mostComplexity = 15
)

// closedSwitches are functions that are little more than a switch over a closed set, whose cases nobody could forget
// elsewhere; a test, or the compiler, names a missing one.
var closedSwitches = map[string]bool{
	"backend/flow/input.go: nameOf":  true,
	"backend/flow/input.go: content": true,
	"backend/flow/input.go: takes":   true,
	"backend/flow/show.go: show":     true,
	"backend/flow/submit.go: Submit": true,
	"backend/flow/submit.go: step":   true,
	"ui/step/render.go: newPage":     true,
	"ui/step/render.go: stepName":    true,
}

func TestFilesAndFunctionsStayLight(t *testing.T) {
	for _, s := range sources(t) {
		data, err := os.ReadFile(s.path)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(data), "\n"); n > mostFileLines {
			t.Errorf("%s has %d lines, more than %d: is there a second noun in it?", s.path, n, mostFileLines)
		}
		for _, d := range s.file.Decls {
			f, is := d.(*ast.FuncDecl)
			if !is || f.Body == nil {
				continue
			}
			name := s.path + ": " + f.Name.Name
			if n := s.lines(f); n > mostFuncLines && s.pkg != "ui/tour" {
				t.Errorf("%s has %d lines, more than %d", name, n, mostFuncLines)
			}
			if n := complexity(f); n > mostComplexity && !closedSwitches[name] {
				t.Errorf("%s has a cyclomatic complexity of %d, more than %d", name, n, mostComplexity)
			}
		}
	}
}

func (s source) lines(f *ast.FuncDecl) int {
	return s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
}

// complexity counts the ways through a function (McCabe): one, and one for each branch.
func complexity(f *ast.FuncDecl) int {
	n := 1
	ast.Inspect(f.Body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return true
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if node.List != nil {
				n++
			}
		case *ast.CommClause:
			if node.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if node.Op == token.LAND || node.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}
