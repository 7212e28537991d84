//go:build linux && cgo && !nofido

package usb_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/methods/securitykey/usb"
	"github.com/sparekey/sparekey/methods/securitykey/usb/ctaptest"
)

// TestNamesThatAreLongerThanAKeyTakes are cut for it, whoever's they are: a key that refuses them gets none.
func TestNamesThatAreLongerThanAKeyTakes(t *testing.T) {
	plug(t, ctaptest.New(ctaptest.Options{StrictNames: true}), 0)
	d := usb.New()
	long := strings.Repeat("ж", 33)
	for what, change := range map[string]func(*app.KeyCreate){
		"user name":    func(c *app.KeyCreate) { c.UserName = long },
		"display name": func(c *app.KeyCreate) { c.DisplayName = long },
		"organisation": func(c *app.KeyCreate) { c.RPName = long },
		"a NUL":        func(c *app.KeyCreate) { c.DisplayName = "Ana\x00Lopes" },
	} {
		if _, err := d.Run(t.Context(), create(change), with("0815")); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestANameIsCutAtACharactersEdge, so that no half of a letter and no letter without its mark is left.
func TestANameIsCutAtACharactersEdge(t *testing.T) {
	for name, c := range map[string]struct{ given, want string }{
		"short":         {"Ana Lopes", "Ana Lopes"},
		"64 bytes":      {strings.Repeat("ж", 32), strings.Repeat("ж", 32)},
		"two bytes":     {strings.Repeat("ж", 33), strings.Repeat("ж", 32)},
		"three bytes":   {strings.Repeat("字", 22), strings.Repeat("字", 21)},
		"a mark":        {strings.Repeat("a", 63) + "e\u0301", strings.Repeat("a", 63)},
		"many marks":    {"e" + strings.Repeat("\u0301", 40), "e" + strings.Repeat("\u0301", 30)}, // as many as Unicode has one letter bear
		"controls":      {"A\x00n\x1ba\u0085", "Ana"},
		"broken":        {"A\xffna", "Ana"},
		"controls only": {"\x00\n", ""},
	} {
		got := usb.Fit(c.given)
		if got != c.want || !utf8.ValidString(got) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
