package main

import (
	"go/ast"
	"path/filepath"
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

// What the UI thread is asked to do, and what moves, is told to a loop that sleeps meanwhile (command/desktop/rest): whoever goes
// past ui/kit is not heard while it does.
func TestOnlyOneFileAsksTheToolkit(t *testing.T) {
	allowed := map[string]string{"fyne.Do": "ui/kit/loop.go command/desktop/rest/window.go", "fyne.DoAndWait": "ui/kit/loop.go", "fyne.Animation": "ui/kit/loop.go command/desktop/rest/window.go"}
	found := 0
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			name, asks := asksToolkit(n)
			if !asks {
				return true
			}
			if found++; !strings.Contains(allowed[name], filepath.ToSlash(s.path)) {
				t.Errorf("%s uses %s: kit.Do and kit's motions tell a loop that sleeps", s.fset.Position(n.Pos()), name)
			}
			return true
		})
	}
	if found < 4 {
		t.Fatalf("%d places ask the toolkit", found)
	}
}

// asksToolkit names what n has the UI thread do later, or move.
func asksToolkit(n ast.Node) (name string, asks bool) {
	literal := false
	if lit, is := n.(*ast.CompositeLit); is {
		n, literal = lit.Type, true
	}
	sel, is := n.(*ast.SelectorExpr)
	if !is {
		return "", false
	}
	of, is := sel.X.(*ast.Ident)
	if !is {
		return "", false
	}
	name = of.Name + "." + sel.Sel.Name
	switch name {
	case "fyne.Animation":
		return name, literal
	case "fyne.Do", "fyne.DoAndWait", "widget.NewActivity", "widget.NewProgressBarInfinite":
		return name, true
	}
	return name, strings.HasPrefix(sel.Sel.Name, "New") && strings.HasSuffix(sel.Sel.Name, "Animation")
}
