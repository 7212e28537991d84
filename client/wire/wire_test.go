package wire

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"pgregory.net/rapid"
)

// through sends a form over the wire and back.
func through[W any](t interface{ Fatalf(string, ...any) }, w W) W {
	data, err := json.Marshal(w)
	if err != nil {
		t.Fatalf("marshal %T: %v", w, err)
	}
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		token, err := d.Token()
		if err != nil {
			break // the end
		}
		if token == nil {
			t.Fatalf("null on the wire: %s", data)
		}
	}
	var back W
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatalf("unmarshal %s: %v", data, err)
	}
	return back
}

func TestFlowsAndStepsRoundTrip(t *testing.T) {
	seen := map[reflect.Type]bool{}
	rapid.Check(t, func(t *rapid.T) {
		f := anyFlow(t)
		for _, f.Now = range everyStep(t) {
			seen[reflect.TypeOf(f.Now)] = true
			w, err := NewFlow(f)
			if err != nil {
				t.Fatalf("NewFlow: %v", err)
			}
			if got := through(t, w).Domain(); !reflect.DeepEqual(got, f) {
				t.Fatalf("got  %#v\nwant %#v", got, f)
			}
		}
	})
	for typ := range steps.typed {
		if !seen[typ] {
			t.Errorf("%s was not tried: everyStep lacks it", typ)
		}
	}
}

func TestInputsRoundTrip(t *testing.T) {
	seen := map[reflect.Type]bool{}
	rapid.Check(t, func(t *rapid.T) {
		for _, in := range everyInput(t) {
			seen[reflect.TypeOf(in)] = true
			got := through(t, Submission{Rev: 3, Input: Input{in}})
			if got.Rev != 3 || !reflect.DeepEqual(got.Input.Input, in) {
				t.Fatalf("got %#v, want %#v", got, in)
			}
		}
	})
	for typ := range inputs.typed {
		if !seen[typ] {
			t.Errorf("%s was not tried: everyInput lacks it", typ)
		}
	}
}

// neverTravel are inputs that arise beside the methods, where no client may make one.
var neverTravel = []app.Input{app.Prepared{}, app.Keyed{}}

// The sets of app are closed by an unexported method. A type that gets one needs a row here.
func TestEveryStepAndInputHasARow(t *testing.T) {
	stay := map[string]bool{}
	for _, in := range neverTravel {
		stay[reflect.TypeOf(in).Name()] = true
		if data, err := json.Marshal(Input{in}); err == nil {
			t.Errorf("%T was written: %s", in, data)
		}
	}
	for set, typed := range map[string]map[string]bool{"step": typeNames(steps.typed), "input": typeNames(inputs.typed)} {
		for _, name := range membersOf(t, set) {
			if !typed[name] && !stay[name] {
				t.Errorf("app.%s has no row in %ss (%s.go)", name, set, set)
			}
		}
	}
}

func typeNames[A any](typed map[reflect.Type]variant[A]) map[string]bool {
	names := map[string]bool{}
	for typ := range typed {
		names[typ.Name()] = true
	}
	return names
}

// membersOf reads the names of the types with a method out of app's source.
func membersOf(t *testing.T, method string) []string {
	t.Helper()
	files, err := filepath.Glob("../../app/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == method {
				names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	if len(names) == 0 {
		t.Fatalf("no type with %s() found", method)
	}
	return names
}

func TestAMistakenRowIsFoundAtStart(t *testing.T) {
	for name, make := range map[string]func(){
		"one type twice": func() { newUnion(true, input(newSignIn, SignIn.domain), input(newSignIn, SignIn.domain)) },
		"one name twice": func() {
			newUnion(true, input(bare[app.Back, Back], bare), input(bare[app.Resend, Back], bare))
		},
		"no name": func() { input(bare[app.Back, Person], bare) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			make()
		}()
	}
}

func TestUnknownTypesAreErrors(t *testing.T) {
	for _, data := range []string{
		`{"type":"enter_pin"}`, `{}`, `null`, `[]`, `"enter_code"`, `{"type":7}`, `{"type":["back"]}`,
	} {
		var s Step
		if err := json.Unmarshal([]byte(data), &s); err == nil {
			t.Errorf("step %s: accepted as %#v", data, s.Step)
		}
		var in Input
		if err := json.Unmarshal([]byte(data), &in); err == nil {
			t.Errorf("input %s: accepted as %#v", data, in.Input)
		}
	}
	var in Input
	if err := json.Unmarshal([]byte(`{"type":"back","force":true}`), &in); err == nil {
		t.Error("an input with an unknown field was accepted")
	}
	var s Step
	if err := json.Unmarshal([]byte(`{"type":"request_sent","receipt":"R1","since":1}`), &s); err != nil {
		t.Errorf("a step of a newer server was refused: %v", err)
	}
	if _, err := json.Marshal(Step{}); err == nil {
		t.Error("a step that is none was written")
	}
	if _, err := NewFlow(app.Flow{ID: "F1"}); err == nil {
		t.Error("a flow without a step was written")
	}
}

func TestTimesHaveSixDecimalsInUTC(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	got, err := json.Marshal(Time(time.Date(2027, 3, 4, 14, 5, 6, 7_891_234, zone)))
	if err != nil || string(got) != `"2027-03-04T12:05:06.007891Z"` {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := json.Marshal(Time(time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC))); err == nil {
		t.Error("a year of five digits was written")
	}
	var back Time
	if err := json.Unmarshal([]byte(`"4 March"`), &back); err == nil {
		t.Error("an English date was read")
	}
}

func TestErrorsNeverQuoteTheSecret(t *testing.T) {
	var in Input
	err := json.Unmarshal([]byte(`{"type":"give_password","password":["canary-7731"]}`), &in)
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

func TestGrantsSessionsAndOrganisationsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := app.Grant{
			Session: app.Session{
				ID: "S1", Person: app.Person{Account: "A1", UserID: words.Draw(t, "uid"), Name: words.Draw(t, "name")},
				Admin: rapid.Bool().Draw(t, "admin"), Registered: rapid.Bool().Draw(t, "reg"), Expires: instant.Draw(t, "ends"),
			},
			Access: secret.Draw(t, "access"), AccessExpires: instant.Draw(t, "a"),
			Refresh: secret.Draw(t, "refresh"), RefreshExpires: instant.Draw(t, "r"),
		}
		if got := through(t, NewGrant(g, time.UnixMicro(1))).Domain(); !reflect.DeepEqual(got, g) {
			t.Fatalf("got %#v, want %#v", got, g)
		}
		o := app.Organisation{
			Name: words.Draw(t, "org"), Colour: "#12AB34", HelpDesk: app.HelpDesk{Name: words.Draw(t, "desk"), Phone: "ext. 4400"},
			Reset: true, Gates: counts.Draw(t, "gates"), Needed: counts.Draw(t, "needed"),
		}
		if rapid.Bool().Draw(t, "has a logo") {
			o.Logo = []byte{0x89, 'P', 'N', 'G'}
		}
		if got := through(t, NewOrganisation(o)).Domain(); !reflect.DeepEqual(got, o) {
			t.Fatalf("got %#v, want %#v", got, o)
		}
		f := anyFlow(t)
		f.Token = secret.Draw(t, "token")
		w, err := NewStarted(f)
		if got := through(t, w).Domain(); err != nil || !reflect.DeepEqual(got, f) {
			t.Fatalf("got %#v, want %#v (%v)", got, f, err)
		}
	})
}

func TestFormsCanBeListedByName(t *testing.T) {
	if _, ok := Inputs()["back"].(Back); !ok || len(Inputs()) != len(inputs.typed) {
		t.Errorf("inputs %v", Inputs())
	}
	if _, ok := Steps()["done"].(Done); !ok || len(Steps()) != len(steps.typed) {
		t.Errorf("steps %v", Steps())
	}
}
