package flow

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/backend/port"
)

// fill gives every field of a value something that is not its zero.
func fill(v reflect.Value, luck *rand.Rand) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(luck.Int64N(1<<33), 0).UTC()))
		return
	case v.Type() == reflect.TypeFor[app.Secret]():
		v.Set(reflect.ValueOf(app.NewSecret("secret")))
		return
	case v.Type() == reflect.TypeFor[app.Step]():
		v.Set(reflect.ValueOf(app.EnterAddress{Address: "ana"}))
		return
	case v.Type() == reflect.TypeFor[error]():
		return // a cause is not kept
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), luck)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), luck)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), luck)
		fill(v.Index(1), luck)
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, luck)
		fill(value, luck)
		v.SetMapIndex(key, value)
	case reflect.String:
		v.SetString(string(rune('a' + luck.IntN(26))))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64, reflect.Uint8:
		if v.CanInt() {
			v.SetInt(1 + luck.Int64N(99))
		} else {
			v.SetUint(1 + luck.Uint64N(99))
		}
	}
}

// TestAStateComesBackWhole names a field of the state, or of a step in it, that its form forgets.
func TestAStateComesBackWhole(t *testing.T) {
	luck := rand.New(rand.NewPCG(1, 2))
	for _, step := range []app.Step{
		app.EnterAddress{}, app.EnterPhone{}, app.EnterCode{}, app.ConfirmOnPhone{}, app.PickQuestions{}, app.AnswerQuestions{}, app.UseKey{},
	} {
		var s state
		fill(reflect.ValueOf(&s).Elem(), luck)
		filled := reflect.New(reflect.TypeOf(step)).Elem()
		fill(filled, luck)
		for _, a := range s.Attempts {
			a.Step = filled.Interface().(app.Step)
		}
		data, err := s.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeState(data)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, s) {
			t.Errorf("%T: was\n  %+v\ncame back as\n  %+v", step, s, back)
		}
	}
}

func TestASecretStepComesBack(t *testing.T) {
	step := app.ShowSecret{URI: app.NewSecret("otpauth://x"), Groups: []app.Secret{app.NewSecret("ABCD")}, Issuer: "i", Account: "a"}
	back := stepForm(step).step().(app.ShowSecret)
	if !reflect.DeepEqual(back, step) {
		t.Errorf("came back as %+v", back)
	}
}

func TestARefusalComesBackWhole(t *testing.T) {
	var e app.Error
	fill(reflect.ValueOf(&e).Elem(), rand.New(rand.NewPCG(1, 2)))
	data, err := encodeRefusal(&e)
	if err != nil {
		t.Fatal(err)
	}
	back, err := decodeRefusal(data)
	if err != nil || !reflect.DeepEqual(*back, e) {
		t.Errorf("%+v came back as %+v, %v", e, back, err)
	}
	if strings.Contains(string(data), "Cause") {
		t.Errorf("a cause is kept: %s", data)
	}
}

// TestEveryNameAtRestIsWritten: a form whose field has no name of its own would follow the names of Go.
func TestEveryNameAtRestIsWritten(t *testing.T) {
	var look func(reflect.Type)
	look = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			look(typ.Elem())
		case reflect.Struct:
			if typ == reflect.TypeFor[time.Time]() {
				return
			}
			if !strings.HasSuffix(typ.Name(), "Form") {
				t.Errorf("%s is kept and is no form", typ)
				return
			}
			for i := range typ.NumField() {
				if typ.Field(i).Tag.Get("json") == "" {
					t.Errorf("%s.%s has no name at rest", typ, typ.Field(i).Name)
				}
				look(typ.Field(i).Type)
			}
		}
	}
	look(reflect.TypeFor[stateForm]())
	look(reflect.TypeFor[refusalForm]())
}

// TestTheHistoryOfAnOlderStateIsRead, where a flow was saved before directories said more, and is where that version finds it.
func TestTheHistoryOfAnOlderStateIsRead(t *testing.T) {
	s, err := decodeState([]byte(`{"v":1,"at":"password","who":{"person":{"Account":"A1","UserID":"ana","Name":"Ana"},"history":24}}`))
	if err != nil || !reflect.DeepEqual(s.Subject.Directory, port.PasswordRules{History: 24}) {
		t.Fatalf("the older state: %+v, %v", s.Subject, err)
	}
	s.Subject.Directory.MinLength = 8
	data, err := s.encode()
	if err != nil || !bytes.Contains(data, []byte(`"history":24`)) {
		t.Errorf("the older version would not find it: %s, %v", data, err)
	}
}

// TestANewerStateIsRefused, in words that name it, and the flow goes on at the server that wrote it.
func TestANewerStateIsRefused(t *testing.T) {
	data, err := json.Marshal(stateForm{Version: stateVersion + 1, At: atChoose})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decodeState(data); app.CodeOf(err) != app.CodeUnavailable || !strings.Contains(err.Error(), "newer") {
		t.Errorf("a newer state: %v", err)
	}
	if s, err := decodeState(bytes.ReplaceAll(data, []byte(`"v":2,`), nil)); err != nil || s.At != atChoose {
		t.Errorf("a state without a version: %+v, %v", s, err)
	}
}
