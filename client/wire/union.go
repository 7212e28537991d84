package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// union is a closed set A of app on the wire: an object whose "type" says which form the rest has.
type union[A any] struct {
	strict bool // reading refuses a field that the form does not have
	named  map[string]variant[A]
	typed  map[reflect.Type]variant[A]
}

// variant is one type of the set, with its form. The form's first field, Type, has the name of the variant as its tag
// "const", and no other place has it.
type variant[A any] struct {
	name  string
	typ   reflect.Type // in app
	form  any          // empty, for the API's description
	write func(A) any
	read  func(decode func(any) error) (A, error)
}

// newVariant makes one of a pair of functions: from the type D of app to its form W, and back. D is one of A, as widen
// proves to the compiler.
func newVariant[A, D, W any](write func(D) W, read func(W) D, widen func(D) A) variant[A] {
	var form W
	tagged := reflect.TypeOf(form).Field(0)
	name := tagged.Tag.Get("const")
	if tagged.Name != "Type" || name == "" {
		panic(fmt.Sprintf("wire: %T names no type", form))
	}
	return variant[A]{
		name: name, typ: reflect.TypeFor[D](), form: form,
		write: func(a A) any {
			w := write(any(a).(D))
			reflect.ValueOf(&w).Elem().Field(0).SetString(name)
			return w
		},
		read: func(decode func(any) error) (A, error) {
			var w W
			if err := decode(&w); err != nil {
				var none A
				return none, fmt.Errorf("wire: %T: %w", w, err)
			}
			return widen(read(w)), nil
		},
	}
}

// bare is either function of a variant whose type and form hold nothing.
func bare[From, To any](From) (to To) { return to }

// newUnion panics when two rows have one name or one type: that is a mistake in the program, found at start.
func newUnion[A any](strict bool, rows ...variant[A]) union[A] {
	u := union[A]{strict: strict, named: map[string]variant[A]{}, typed: map[reflect.Type]variant[A]{}}
	for _, row := range rows {
		u.named[row.name], u.typed[row.typ] = row, row
	}
	if len(u.named) != len(rows) || len(u.typed) != len(rows) {
		panic("wire: two rows for one type")
	}
	return u
}

// form gives the form of a, which fails where a is none of the set.
func (u union[A]) form(a A) (any, error) {
	v, ok := u.typed[reflect.TypeOf(a)]
	if !ok {
		return nil, fmt.Errorf("wire: no form for %T", a)
	}
	return v.write(a), nil
}

func (u union[A]) marshal(a A) ([]byte, error) {
	w, err := u.form(a)
	if err != nil {
		return nil, err
	}
	return json.Marshal(w)
}

// unmarshal reads the variant that data's "type" names. Its errors never quote the data, which may hold a secret.
func (u union[A]) unmarshal(data []byte) (A, error) {
	var none A
	var tag struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &tag); err != nil {
		return none, errors.New("wire: a union is an object with a type")
	}
	v, ok := u.named[tag.Type]
	if !ok {
		return none, errors.New("wire: unknown type in a union")
	}
	return v.read(func(form any) error { return decodeOne(data, form, u.strict) })
}

// decodeOne reads one JSON value and nothing after it.
func decodeOne(data []byte, into any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if strict {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(into); err != nil {
		return errors.New("malformed")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

// forms gives the empty form of each variant by its name.
func (u union[A]) forms() map[string]any {
	forms := make(map[string]any, len(u.named))
	for name, v := range u.named {
		forms[name] = v.form
	}
	return forms
}
