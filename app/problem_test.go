package app_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/sparekey/sparekey/app"
)

func TestAProblemInALogIsItsCode(t *testing.T) {
	for want, p := range map[string]app.Problem{
		"no_method":                         app.NewProblem("methods.allowed", "no_method"),
		"between{is=3 least=1 most=2}":      app.NewProblem("codes.tries", "between", "least", 1, "most", 2, "is", 3),
		"one_of_two{first=text second=sms}": app.NewProblem("", "one_of_two", "first", "text", "second", app.KindSMS),
	} {
		if got := p.Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAProblemIsFoundInAnError(t *testing.T) {
	p := app.NewProblem("logo", "logo_kind")
	if got := app.ProblemOf(fmt.Errorf("while opening: %w", errors.Join(errors.New("x"), p))); got.Key != "logo" || got.Code != "logo_kind" {
		t.Errorf("a problem: %+v", got)
	}
	if got := app.ProblemOf(errors.New("no such file")); got.Code != "cause" || got.Params["cause"] != "no such file" {
		t.Errorf("another error: %+v", got)
	}
}

func TestAProblemIsOneLine(t *testing.T) {
	for want, p := range map[string]app.Problem{
		"p.toml:12: codes.tries: said": {Line: 12, Key: "codes.tries"},
		"p.toml: codes.tries: said":    {Key: "codes.tries"},
		"p.toml:3: said":               {Line: 3},
		"p.toml: said":                 {},
		"p.toml:1: a\uFFFDb: said":     {Line: 1, Key: "a\nb"},
	} {
		if got := p.In("p.toml", "said"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := (app.Problem{Key: "server"}).In("", "said"); got != "server: said" {
		t.Errorf("of no file: %q", got)
	}
}
