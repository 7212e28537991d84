package wire

import (
	"encoding/json"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// FuzzHalfCharacter: what the scan lets through, encoding/json reads without putting U+FFFD in a half's place.
func FuzzHalfCharacter(f *testing.F) {
	f.Add([]byte(`"\ud83d\ude00"`))
	f.Add([]byte(`"\\ud83d\ude00"`))
	f.Add([]byte(`"\ud83d\ud83d\ude00"`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var text string
		if !utf8.Valid(data) || json.Unmarshal(data, &text) != nil {
			return
		}
		replaced := 0
		for _, c := range text {
			if c == utf8.RuneError {
				replaced++
			}
		}
		meant := 0
		for rest, found := data, true; found; {
			var unit rune
			if unit, rest, found = nextEscape(rest); found && unit == utf8.RuneError {
				meant++
			}
		}
		for _, c := range string(data) {
			if c == utf8.RuneError {
				meant++
			}
		}
		if HasHalfCharacter(data) != (replaced > meant) {
			t.Errorf("%s: %d characters were replaced, %d were meant", data, replaced, meant)
		}
	})
}

// TestEveryHalfIsFound goes through all surrogates, alone and before, behind and between what may stand there.
func TestEveryHalfIsFound(t *testing.T) {
	for unit := 0xd800; unit <= 0xdfff; unit++ {
		half := `\u` + string("0123456789abcdef"[unit>>12]) + string("0123456789abcdef"[unit>>8&15]) + string("0123456789abcdef"[unit>>4&15]) + string("0123456789abcdef"[unit&15])
		for _, around := range []string{half, "a" + half + "b", half + half, half + `\n`, `\\` + half, half + `\u0041`} {
			if !HasHalfCharacter([]byte(`"` + around + `"`)) {
				t.Fatalf("%s was not found", around)
			}
		}
		if HasHalfCharacter([]byte(`"\` + half + `"`)) {
			t.Fatalf("a backslash and %s are six characters", half[1:])
		}
		pair := half + `\udc00`
		if paired := utf16.DecodeRune(rune(unit), 0xdc00) != utf8.RuneError; HasHalfCharacter([]byte(`"`+pair+`"`)) == paired {
			t.Fatalf("%s: want %v", pair, !paired)
		}
	}
}

// TestLostTextIsFound: whatever text, its JSON lost something exactly where it was no UTF-8.
func TestLostTextIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom([]byte("a\\uf\"\xff\xc3\xbc\xef\xbf\xbdd<")), 0, 12).Draw(t, "text"))
		written, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if LostText(written) == utf8.ValidString(text) {
			t.Fatalf("%q became %s", text, written)
		}
	})
}
