package main

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What docs/contributing.md names is held here where no room of its own can hold it.

// purposesOf lists the purposes that package app names, as constant and as text.
func purposesOf(t *testing.T, files []source) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, s := range files {
		if s.pkg != "app" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, is := n.(*ast.ValueSpec)
			if typ, named := specType(spec, is); named && typ == "Purpose" {
				found[spec.Names[0].Name] = literal(spec.Values[0])
			}
			return true
		})
	}
	if len(found) < 5 {
		t.Fatalf("app has the purposes %v", found)
	}
	return found
}

func specType(spec *ast.ValueSpec, is bool) (string, bool) {
	if !is || spec.Type == nil {
		return "", false
	}
	id, named := spec.Type.(*ast.Ident)
	if !named {
		return "", false
	}
	return id.Name, true
}

func literal(e ast.Expr) string {
	lit, is := e.(*ast.BasicLit)
	if !is || lit.Kind != token.STRING {
		return ""
	}
	text, _ := strconv.Unquote(lit.Value)
	return text
}

// TestEveryPurposeHasItsType names a purpose without a row in backend/flow: no flow of it could be started.
func TestEveryPurposeHasItsType(t *testing.T) {
	files := sources(t)
	rows := map[string]bool{}
	for _, s := range files {
		if s.path != filepath.FromSlash("backend/flow/purpose.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if row, is := n.(*ast.KeyValueExpr); is {
				if key, is := row.Key.(*ast.SelectorExpr); is {
					rows[key.Sel.Name] = true
				}
			}
			return true
		})
	}
	for name := range purposesOf(t, files) {
		if !rows[name] {
			t.Errorf("backend/flow/purpose.go has no row for app.%s", name)
		}
	}
}

// TestEveryPurposeTravels names a purpose that the API does not take.
func TestEveryPurposeTravels(t *testing.T) {
	form, err := os.ReadFile("client/wire/flow.go")
	if err != nil {
		t.Fatal(err)
	}
	enum := regexp.MustCompile("Purpose string `json:\"purpose\" enum:\"([a-z_,]+)\"`").FindSubmatch(form)
	if enum == nil {
		t.Fatal("wire.Start has no enumeration of purposes")
	}
	for name, text := range purposesOf(t, sources(t)) {
		if !strings.Contains(","+string(enum[1])+",", ","+text+",") {
			t.Errorf("wire.Start does not take app.%s (%q)", name, text)
		}
	}
}

// TestTheDocsNameEveryAction names an entry of the audit trail that docs/audit.md does not explain.
func TestTheDocsNameEveryAction(t *testing.T) {
	docs, err := os.ReadFile("docs/audit.md")
	if err != nil {
		t.Fatal(err)
	}
	whole, tail := regexp.MustCompile(`^[a-z_]+\.[a-z_]+$`), regexp.MustCompile(`^\.[a-z_]+$`)
	found := 0
	for _, s := range sources(t) {
		if s.pkg != "backend/flow" && s.pkg != "backend/session" && s.pkg != "backend/admin" && s.pkg != "backend/worker" && s.pkg != "backend/core" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, is := n.(*ast.BasicLit)
			if !is {
				return true
			}
			text := literal(lit)
			switch {
			case whole.MatchString(text) && strings.Contains(string(docs), "`"+text+"`"):
				found++
			case tail.MatchString(text) && strings.Contains(string(docs), text+"`"):
				found++
			case tail.MatchString(text), whole.MatchString(text) && !strings.HasPrefix(text, "proof.") && !strings.HasPrefix(text, "phone.") && !strings.HasPrefix(text, "credential."):
				t.Errorf("%s: docs/audit.md does not name %q", s.path, text)
			}
			return true
		})
	}
	if found < 25 {
		t.Errorf("only %d actions were found", found)
	}
}

// TestEveryDirectoryPassesTheContract names a directory whose tests don't run the suite.
func TestEveryDirectoryPassesTheContract(t *testing.T) {
	folders, err := filepath.Glob("backend/directory/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if base := filepath.Base(folder); base == "directorytest" || base == "examine" { // the suite, and what is found of one
			continue
		}
		tests, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		runs := false
		for _, name := range tests {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			runs = runs || strings.Contains(string(data), "directorytest.Run(")
		}
		if !runs {
			t.Errorf("%s does not run directorytest.Run", folder)
		}
	}
}
