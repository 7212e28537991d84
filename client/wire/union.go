package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A closed set of app travels as a tagged union: an object whose "type" says which form the rest has.

// variant is one form of a union over A.
type variant[A any] struct {
	zero any // the form, for whoever describes it
	read func(data []byte) (A, error)
}

// form describes a variant by its JSON form W. A strict one refuses fields that it doesn't know.
func form[W interface{ domain() A }, A any](strict bool) variant[A] {
	var zero W
	return variant[A]{zero: zero, read: func(data []byte) (A, error) {
		var w W
		var none A
		d := json.NewDecoder(bytes.NewReader(data))
		if strict {
			d.DisallowUnknownFields()
		}
		if err := d.Decode(&w); err != nil {
			return none, fmt.Errorf("wire: %T: malformed", w)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return none, fmt.Errorf("wire: %T: more than one value", w)
		}
		return w.domain(), nil
	}}
}

// readUnion reads the variant that data's "type" names. Its errors never quote the data, which may hold a secret.
func readUnion[A any](data []byte, variants map[string]variant[A]) (A, error) {
	var none A
	var tag struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &tag); err != nil {
		return none, errors.New("wire: a union is an object with a type")
	}
	v, ok := variants[tag.Type]
	if !ok {
		return none, errors.New("wire: unknown type in a union")
	}
	return v.read(data)
}

func zeros[A any](variants map[string]variant[A]) map[string]any {
	forms := make(map[string]any, len(variants))
	for name, v := range variants {
		forms[name] = v.zero
	}
	return forms
}

// list translates each item; the result is never nil, so that it is never null on the wire.
func list[A, B any](items []A, translate func(A) B) []B {
	out := make([]B, 0, len(items))
	for _, item := range items {
		out = append(out, translate(item))
	}
	return out
}

// unlist is list the other way: an empty list is nil.
func unlist[A, B any](items []A, translate func(A) B) []B {
	if len(items) == 0 {
		return nil
	}
	return list(items, translate)
}

func same[A any](a A) A { return a }
