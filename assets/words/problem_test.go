package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"

	"github.com/sparekey/sparekey/app"
)

func TestAProblemIsSaidWithItsPlace(t *testing.T) {
	p := app.NewProblem("methods.gates", "one_or_two", "is", 3)
	p.Line = 12
	if got, want := ProblemIn("policy.toml", p), "policy.toml:12: methods.gates: must be 1 or 2, is 3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	quoted := app.NewProblem("", "twice", "is", "a\n\"b")
	if got, want := ProblemIn("", quoted), `names "a\n\"b" twice`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := Problem(app.NewProblem("x", "of_tomorrow", "n", 2, "is", "c")), "of_tomorrow{is=c n=2}"; got != want {
		t.Errorf("a code without a text: got %q, want %q", got, want)
	}
}

// TestEveryProblemHasItsTextAndPlaceholders holds each place that makes a problem against the text of its code. That no text
// is without such a place is TestEveryTextIsThereAndUsed's to say.
func TestEveryProblemHasItsTextAndPlaceholders(t *testing.T) {
	texts, err := load()
	if err != nil {
		t.Fatal(err)
	}
	for _, made := range problemsInCode(t) {
		text, known := texts["problem."+made.code]
		if !known {
			t.Errorf("%s: there is no text for the problem %q", made.at, made.code)
			continue
		}
		if wanted := placeholders(text[plural.Other]); !slices.Equal(wanted, made.params) {
			t.Errorf("%s: the problem %q has the values %v, its text wants %v", made.at, made.code, made.params, wanted)
		}
	}
}

// problemMade is a place in the code that makes a problem.
type problemMade struct {
	at     token.Position
	code   string
	params []string // sorted
}

// problemMakers are the functions of a room that make a problem of a key, a code and its values, beside app.NewProblem, to
// which they hand all three on.
var problemMakers = map[string][]string{
	"app":              {"NewProblem"},
	"app/config":       {"report"},
	"backend/policy":   {"add"},
	"backend/contacts": {"Problem"},
	"backend/sheet":    {"Problem"},
	"backend/admin":    {"say", "Problem"},
}

// problemsInCode finds every place that makes a problem.
func problemsInCode(t *testing.T) (found []problemMade) {
	t.Helper()
	fset := token.NewFileSet()
	for room, path := range programFiles(t) {
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			function, _ := d.(*ast.FuncDecl)
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if writesProblem(n) {
						t.Errorf("%s: app.NewProblem makes problems", fset.Position(n.Pos()))
					}
				case *ast.CallExpr:
					switch {
					case !makesProblem(room, n):
					case n.Ellipsis.IsValid() && function != nil && slices.Contains(problemMakers[room], function.Name.Name):
					default:
						found = append(found, readProblem(t, fset.Position(n.Pos()), n.Args))
					}
				}
				return true
			})
		}
	}
	if len(found) < 100 {
		t.Fatalf("only %d places make a problem", len(found))
	}
	return found
}

// writesProblem reports whether a literal has a problem in it.
func writesProblem(lit *ast.CompositeLit) bool {
	if list, is := lit.Type.(*ast.ArrayType); is && qualified(list.Elt) == "app.Problem" {
		return slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool { _, is := e.(*ast.CompositeLit); return is })
	}
	return qualified(lit.Type) == "app.Problem" && len(lit.Elts) > 0
}

// makesProblem reports whether a call in a room is one of app.NewProblem or of one of the room's makers.
func makesProblem(room string, call *ast.CallExpr) bool {
	name := ident(call.Fun)
	if sel, is := call.Fun.(*ast.SelectorExpr); is {
		name = sel.Sel.Name
	}
	return qualified(call.Fun) == "app.NewProblem" || slices.Contains(problemMakers[room], name)
}

// readProblem reads a key, a code and names with their values. Code and names must stand there as they are.
func readProblem(t *testing.T, at token.Position, args []ast.Expr) problemMade {
	t.Helper()
	if len(args) < 2 || len(args)%2 != 0 {
		t.Fatalf("%s: a problem has a key, a code, and pairs of a name and a value", at)
	}
	made := problemMade{at: at, code: literal(args[1])}
	for i := 2; i < len(args); i += 2 {
		made.params = append(made.params, literal(args[i]))
	}
	slices.Sort(made.params)
	if made.code == "" || slices.Contains(made.params, "") {
		t.Errorf("%s: the code of a problem and the names of its values must stand where it is made", at)
	}
	return made
}

// qualified is the name of another package's function or type, as "app.Problem"; empty for anything else.
func qualified(e ast.Expr) string {
	sel, is := e.(*ast.SelectorExpr)
	if !is || ident(sel.X) == "" {
		return ""
	}
	return ident(sel.X) + "." + sel.Sel.Name
}

func ident(e ast.Expr) string {
	if id, is := e.(*ast.Ident); is {
		return id.Name
	}
	return ""
}

// programFiles are the files that may make a problem, with their rooms: all but the window's and the wire's.
func programFiles(t *testing.T) iter.Seq2[string, string] {
	return func(yield func(room, path string) bool) {
		for _, top := range []string{"app", "backend", "methods", "command"} {
			err := filepath.WalkDir(filepath.Join("../..", top), func(path string, _ fs.DirEntry, err error) error {
				if err != nil || !isSource(path) {
					return err
				}
				if room := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../"); !yield(room, path) {
					return fs.SkipAll
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// placeholders are the names of the values that a text wants, sorted.
func placeholders(text sentence) []string {
	var names []string
	for {
		_, name, _, rest, _ := text.cut()
		if name == "" {
			slices.Sort(names)
			return slices.Compact(names)
		}
		names, text = append(names, name), rest
	}
}
