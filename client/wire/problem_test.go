package wire

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/sparekey/sparekey/app"
	"pgregory.net/rapid"
)

func TestProblemsRoundTripWithoutTheirCause(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &app.Error{
			Code: rapid.SampledFrom(Codes()).Draw(t, "code"), Field: words.Draw(t, "field"), At: instant.Draw(t, "at"),
			RetryAt: instant.Draw(t, "retry"), TriesLeft: counts.Draw(t, "tries"), Support: words.Draw(t, "support"),
			Params: map[string]string{"rule": words.Draw(t, "rule")},
		}
		sent := *e
		sent.Cause = errors.New("canary-0815")
		var f app.Flow
		if rapid.Bool().Draw(t, "with a flow") {
			f = anyFlow(t)
		}
		p, err := NewProblem(&sent, f)
		if err != nil {
			t.Fatalf("NewProblem: %v", err)
		}
		if data, _ := json.Marshal(p); strings.Contains(string(data), "canary") {
			t.Fatalf("the cause crossed: %s", data)
		}
		got, flow := through(t, p).Domain()
		if !reflect.DeepEqual(got, e) || !reflect.DeepEqual(flow, f) {
			t.Fatalf("got %#v with %#v, want %#v with %#v", got, flow, e, f)
		}
	})
}

func TestForeignErrorsAreInternalAndSayNothing(t *testing.T) {
	p, err := NewProblem(errors.New("disk canary on fire"), app.Flow{})
	if err != nil || p.Code != "internal" || p.Status != 500 || p.Title != "internal" || p.Type != "urn:sparekey:problem:internal" {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestAProblemWithAnUnknownCodeFallsBackToItsStatus(t *testing.T) {
	got, _ := Problem{Code: "from_the_future", Status: 503}.Domain()
	if got.Code != app.CodeUnavailable {
		t.Errorf("got %s", got.Code)
	}
}

func TestEveryCodeOfAppHasAStatus(t *testing.T) {
	for _, code := range codesOfApp(t) {
		if !known(code) {
			t.Errorf("%s is not in the table", code)
		}
		if s := StatusOf(code); s < 400 || s > 599 {
			t.Errorf("%s answers with %d", code, s)
		}
	}
	if n := len(codesOfApp(t)); n != len(Codes()) {
		t.Errorf("app has %d codes, the table %d", n, len(Codes()))
	}
}

// codesOfApp reads the constants of type Code out of the source, so that a new one can't be forgotten.
func codesOfApp(t *testing.T) []app.Code {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../../app/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []app.Code
	ast.Inspect(parsed, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Code" {
			text, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, app.Code(text))
		}
		return true
	})
	if len(codes) == 0 {
		t.Fatal("no codes found in app/error.go")
	}
	return codes
}

func TestTheTableGoesBothWays(t *testing.T) {
	for _, row := range table {
		if got := StatusOf(CodeOf(row.status)); got != row.status && CodeOf(row.status) != app.CodeUnavailable {
			t.Errorf("%d stands for %s, which answers with %d", row.status, CodeOf(row.status), got)
		}
	}
	for status, want := range map[int]app.Code{
		401: app.CodeSignedOut, 429: app.CodeThrottled, 502: app.CodeUnavailable, 418: app.CodeBadRequest, 599: app.CodeInternal,
	} {
		if got := CodeOf(status); got != want {
			t.Errorf("%d: got %s, want %s", status, got, want)
		}
	}
	if StatusOf("no such code") != 500 {
		t.Error("a code outside of the table does not answer with 500")
	}
}
