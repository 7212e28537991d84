package main

import (
	"go/ast"
	"strings"
	"testing"
)

// The sets of steps and inputs are closed, and yet a switch over one compiles without a new member. What is missing is
// named here: a step that ui does not draw, an input that the backend does not take. The JSON is client/wire's to miss.
func TestEveryStepIsDrawnAndEveryInputTaken(t *testing.T) {
	files := sources(t)
	for method, room := range map[string]string{"step": "ui", "input": "backend"} {
		cases := casesIn(files, room)
		members := membersWith(files, method)
		if len(members) < 20 {
			t.Fatalf("%d types of app with %s()", len(members), method)
		}
		for _, name := range members {
			if !cases[name] && name != "Prepared" { // which stands for another, between the backend and a slow method
				t.Errorf("no type switch of %s has a case for app.%s", room, name)
			}
		}
	}
}

// membersWith lists the types of app that have a method: the members of a closed set.
func membersWith(files []source, method string) (names []string) {
	for _, s := range files {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && s.pkg == "app" && f.Recv != nil && f.Name.Name == method {
				names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	return names
}

// casesIn lists the types of app for which a type switch in a room, or below it, has a case.
func casesIn(files []source, room string) map[string]bool {
	found := map[string]bool{}
	for _, s := range files {
		if s.pkg != room && !strings.HasPrefix(s.pkg, room+"/") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if clause, ok := n.(*ast.CaseClause); ok {
				for _, e := range clause.List {
					if sel, ok := e.(*ast.SelectorExpr); ok {
						found[sel.Sel.Name] = true
					}
				}
			}
			return true
		})
	}
	return found
}
