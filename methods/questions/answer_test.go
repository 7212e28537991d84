package questions

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestNormalise(t *testing.T) {
	for typed, want := range map[string]string{
		"  Fiat \t Panda\n": "fiat panda", "ＦＩＡＴ": "fiat", "Straße": "strasse", "STRASSE": "strasse", "Z\u0307": "ż",
		"ﬁat": "fiat", "a\u200db\u00adc": "abc", "Ⅻ": "xii", "ΌΣΟΣ": "όσοσ", "おにぎり": "おにぎり", "ガ": "ガ", "": "", "\x00\x07": "",
		"a\u3000b\u00a0c": "a b c", "\xff": "\ufffd",
	} {
		if got := normalise(typed); got != want {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}

// held fails unless a normalised answer has the properties that comparing relies on.
func held(t interface{ Fatalf(string, ...any) }, typed string) {
	got := normalise(typed)
	switch {
	case normalise(got) != got:
		t.Fatalf("%q becomes %q, and that %q", typed, got, normalise(got))
	case !norm.NFKC.IsNormalString(got) || !utf8.ValidString(got):
		t.Fatalf("%q becomes %q, which is not NFKC", typed, got)
	case strings.TrimSpace(got) != got || strings.Contains(got, "  "):
		t.Fatalf("%q becomes %q: there is space left", typed, got)
	case strings.ContainsFunc(got, unicode.IsControl):
		t.Fatalf("%q becomes %q: there is a control character left", typed, got)
	case normalise(" "+typed+"\t") != got && !unicode.Is(unicode.M, first(typed)):
		t.Fatalf("%q with space around becomes %q, not %q", typed, normalise(" "+typed+"\t"), got)
	}
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(norm.NFKC.String(s))
	return r
}

func TestNormaliseIsIdempotent(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through every case, one after the other: `make test` runs it without the race detector")
	}
	rapid.Check(t, func(t *rapid.T) { held(t, rapid.String().Draw(t, "typed")) })
	for r := rune(0); r <= unicode.MaxRune; r++ { // each character by itself, and behind a letter
		if got := normalise("a" + string(r)); normalise(got) != got {
			t.Fatalf("%U becomes %q, and that %q", r, got, normalise(got))
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"Fiat Panda", "\u0345\u0301", "ß\u0307", "ﷺ", "\u1e9e", "İ", "a\u0300\u0345\u0300", "\U000e0001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if len(typed) <= maxTyped {
			held(t, typed)
		}
	})
}
