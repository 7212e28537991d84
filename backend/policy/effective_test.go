package policy

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/config"
)

// generated draws any value for each setting, whatever its section: of a policy that passes its check or not.
func generated(t *rapid.T) Policy {
	var p Policy
	fill(t, reflect.ValueOf(&p).Elem())
	return p
}

func fill(t *rapid.T, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case v.Type() == reflect.TypeFor[time.Duration]():
		v.SetInt(rapid.Int64().Draw(t, "duration"))
	case v.Kind() == reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case v.Kind() == reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "switch"))
	case v.Kind() == reflect.Int:
		v.SetInt(rapid.Int64().Draw(t, "number"))
	case v.Type() == reflect.TypeFor[Words]():
		v.Set(reflect.ValueOf(Words(rapid.MapOfN(rapid.String(), rapid.String(), 1, 3).Draw(t, "words"))))
	case v.Type() == reflect.TypeFor[[]Words]():
		v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, "questions"), 3))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case v.Kind() == reflect.Slice:
		items := rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "list")
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, item := range items {
			v.Index(i).SetString(item)
		}
	default:
		t.Fatalf("a setting is a %s, which is not generated", v.Kind())
	}
}

func TestWhatIsWrittenOutReadsAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := generated(t)
		var got Policy
		if err := config.Decode("p", Effective(want), &got); err != nil {
			t.Fatalf("%v\n%s", err, Effective(want))
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%+v, want\n%+v", got, want)
		}
	})
}

func TestWhatIsWrittenOutIsAPolicyWithEverySetting(t *testing.T) {
	p := sound()
	p.Codes.Tries, p.Methods.Allowed = 3, []app.Kind{app.KindEmail, app.KindAuthApp}
	document := Effective(p)
	if got, err := Parse("p", document); err != nil || string(Effective(got)) != string(document) {
		t.Errorf("%v\n%s", err, document)
	}
	for _, name := range settings(reflect.TypeFor[Policy](), "") {
		if config.LinesOf(document)[name] == 0 {
			t.Errorf("%s is left out", name)
		}
	}
	for _, line := range []string{
		"tries = 3\n", `lifetime = "5m" # default` + "\n", `allowed = ["email", "authapp"]` + "\n", "groups = [] # default\n",
		"confirm_destination = true # default\n", `name = "Harbour Hospital"` + "\n", "\n[help_desk]\n",
	} {
		if !strings.Contains(string(document), line) {
			t.Errorf("no line %q in\n%s", line, document)
		}
	}
}
