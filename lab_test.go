package main

import (
	"go/ast"
	"testing"
)

// TestOnlyALabHasSamplePeopleAtAServer holds that nothing which is shipped puts people whose passwords everybody knows into a server,
// or has the tour type into a window at one.
func TestOnlyALabHasSamplePeopleAtAServer(t *testing.T) {
	made := map[string]bool{"SettleSamplePeople": false, "TourServer": false}
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if _, is := made[n.Name.Name]; is {
					made[n.Name.Name] = true
				}
			case *ast.SelectorExpr:
				if _, is := made[n.Sel.Name]; is {
					t.Errorf("%s: %s is a lab's alone", s.path, n.Sel.Name)
				}
			case *ast.CallExpr:
				if f, is := n.Fun.(*ast.Ident); is {
					if _, is := made[f.Name]; is {
						t.Errorf("%s: %s is a lab's alone", s.path, f.Name)
					}
				}
			}
			return true
		})
	}
	for name, is := range made {
		if !is {
			t.Errorf("there is no %s: this test tests nothing", name)
		}
	}
}
