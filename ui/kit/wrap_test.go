package kit

import (
	"slices"
	"testing"
	"unicode/utf8"
)

func TestWrapText(t *testing.T) {
	count := func(s string) float32 { return float32(utf8.RuneCountInString(s)) }
	for _, tt := range []struct {
		text  string
		width float32
		want  []string
	}{
		{"one two three", 20, []string{"one two three"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one\ntwo three", 20, []string{"one", "two three"}},
		{"unbreakable", 4, []string{"unbr", "eaka", "ble"}},
		{"a unbreakable b", 5, []string{"a", "unbre", "akabl", "e b"}},
		{"größer", 3, []string{"grö", "ßer"}},
		{"ab", 0, []string{"a", "b"}},
		{"", 5, []string{""}},
	} {
		if got := wrapText(tt.text, tt.width, count); !slices.Equal(got, tt.want) {
			t.Errorf("%q at %v: %q, want %q", tt.text, tt.width, got, tt.want)
		}
	}
}
