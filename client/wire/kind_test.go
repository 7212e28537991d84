package wire_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
)

// TestEveryKindTravels holds each enumeration of kinds in the forms against app.Kinds.
func TestEveryKindTravels(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			field, is := n.(*ast.Field)
			if !is || field.Tag == nil {
				return true
			}
			tag, err := strconv.Unquote(field.Tag.Value)
			if err != nil {
				t.Fatal(err)
			}
			enum := reflect.StructTag(tag).Get("enum")
			if json, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ","); json != "kind" || enum == "" {
				return true
			}
			found++
			for _, kind := range app.Kinds() {
				if !slices.Contains(strings.Split(enum, ","), string(kind)) {
					t.Errorf("%s: %s is not among %s", name, kind, enum)
				}
			}
			if n := len(strings.Split(enum, ",")); n != len(app.Kinds()) {
				t.Errorf("%s: %d kinds in %s, and there are %d", name, n, enum, len(app.Kinds()))
			}
			return true
		})
	}
	if found == 0 {
		t.Error("no form enumerates the kinds: the test proves nothing")
	}
}
