package wire

import (
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The JSON of each step and input, once with every field filled and once empty, stands in testdata, byte for byte: what
// an older client or server of an organisation reads must not change by accident.
func TestTheJSONOfEveryStepAndInputIsAsKept(t *testing.T) {
	kept, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for name := range Steps() {
		s := Step{}
		readAs(t, name, &s)
		made[golden(t, "step", name, Step{filled(s.Step)}, s)] = true
	}
	for name := range Inputs() {
		in := Input{}
		readAs(t, name, &in)
		made[golden(t, "input", name, Input{filled(in.Input)}, in)] = true
	}
	for _, file := range kept {
		if !made[filepath.Base(file)] {
			t.Errorf("%s: no step or input has this form any more", file)
		}
	}
}

// readAs reads the empty form of a type.
func readAs(t *testing.T, name string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(`{"type":"`+name+`"}`), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// golden holds two values against their file, reads the first one back, and gives the file's name.
func golden[W any](t *testing.T, set, name string, filled, empty W) string {
	t.Helper()
	var text []byte
	for _, w := range []W{filled, empty} {
		line, err := json.Marshal(w)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text = append(append(text, line...), '\n')
	}
	if back := through(t, filled); !reflect.DeepEqual(back, filled) {
		t.Errorf("%s: sent %#v, arrived %#v", name, filled, back)
	}
	file := set + "." + name + ".json"
	if *update {
		if err := os.WriteFile(filepath.Join("testdata", file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Errorf("%v; -update writes it", err)
	} else if !slices.Equal(text, want) {
		t.Errorf("%s is now\n%s\nand was\n%s", file, text, want)
	}
	return file
}

// filled is a value of the same type with something in each field.
func filled[A any](a A) A {
	v := reflect.New(reflect.TypeOf(a)).Elem()
	fill(v)
	return v.Interface().(A)
}

// special are the values of types that can't hold just anything.
var special = map[reflect.Type]any{
	reflect.TypeFor[time.Time]():         time.Date(2027, 3, 4, 12, 5, 6, 7_000, time.UTC),
	reflect.TypeFor[time.Duration]():     3 * time.Second,
	reflect.TypeFor[app.Secret]():        app.NewSecret("hidden <&> ü"),
	reflect.TypeFor[app.Kind]():          app.KindSMS,
	reflect.TypeFor[app.Reason]():        app.ReasonLocked,
	reflect.TypeFor[app.PhoneUse]():      app.PhoneOffice,
	reflect.TypeFor[app.Verification]():  app.VerifyPreferred,
	reflect.TypeFor[[]byte]():            []byte{1, 0xfe, 0xff},
	reflect.TypeFor[ed25519.PublicKey](): ed25519.PublicKey{1, 0xfe, 0xff},
}

func fill(v reflect.Value) {
	if s, ok := special[v.Type()]; ok {
		v.Set(reflect.ValueOf(s))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Product" { // of app.KeyAnswer: it stays on the workstation
				fill(v.Field(i))
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0))
		fill(v.Index(1))
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"de": "Welche <Station>?", "en": "Which ward?"}))
	case reflect.String:
		v.SetString("ü <&> \u2028")
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("fill knows no " + v.Type().String())
	}
}
