package ui

import (
	"go/ast"
	"strconv"
	"testing"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/shell"
)

// TestEveryPlaceHasItsRoute, where the build can do everything.
func TestEveryPlaceHasItsRoute(t *testing.T) {
	routes := (&door{o: Options{Keys: struct{ app.KeyDriver }{}, KeyCare: struct{ app.KeyManager }{}}}).routes()
	places := 0
	ast.Inspect(sources(t)["shell/route.go"], func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is {
			return true
		}
		if kind, is := spec.Type.(*ast.Ident); is && kind.Name == "Place" {
			places++
			name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil || routes[shell.Place(name)] == nil {
				t.Errorf("there is no route to %q (%v)", name, err)
			}
		}
		return true
	})
	if places < 7 || len(routes) != places {
		t.Errorf("%d places and %d routes", places, len(routes))
	}
}
