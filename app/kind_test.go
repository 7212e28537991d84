package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestEveryKindIsListed holds the constants of type Kind against Kinds.
func TestEveryKindIsListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "kind.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []app.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is {
			return true
		}
		if name, is := spec.Type.(*ast.Ident); is && name.Name == "Kind" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			declared = append(declared, app.Kind(value))
		}
		return true
	})
	for _, kind := range declared {
		if !slices.Contains(app.Kinds(), kind) {
			t.Errorf("Kinds does not list %s", kind)
		}
	}
	if len(declared) != len(app.Kinds()) {
		t.Errorf("%d constants, %d in Kinds", len(declared), len(app.Kinds()))
	}
}
