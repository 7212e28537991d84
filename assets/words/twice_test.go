package words

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/sparekey/sparekey/assets"
)

// TestNoTextIsThereTwice, of which encoding/json would take the last without a word.
func TestNoTextIsThereTwice(t *testing.T) {
	if twice := keysTwice(t, []byte(`{"a": {"one": "a", "other": "b"}, "b": {"one": "c", "a": "d"}, "a": "e"}`)); len(twice) != 1 || twice[0] != "a" {
		t.Fatalf("%q are found to be there twice, where a is", twice)
	}
	document, err := assets.Text.ReadFile("text/en.json")
	if err != nil {
		t.Fatal(err)
	}
	if twice := keysTwice(t, document); len(twice) > 0 {
		t.Errorf("%q are there twice", twice)
	}
}

// keysTwice gives the keys that an object has more than once.
func keysTwice(t *testing.T, document []byte) (twice []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(document))
	if _, err := d.Token(); err != nil { // the brace
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatal(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			t.Fatal(err)
		}
		if name := key.(string); seen[name] {
			twice = append(twice, name)
		} else {
			seen[name] = true
		}
	}
	return twice
}
