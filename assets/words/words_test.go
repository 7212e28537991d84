package words

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/text/feature/plural"
)

func TestTextsCanBeRead(t *testing.T) {
	texts, err := load()
	if err != nil || len(texts) < 600 {
		t.Errorf("%d texts were read (%v)", len(texts), err)
	}
}

func TestTextsHaveTheirValuesAndForms(t *testing.T) {
	for want, got := range map[string]string{
		"Back":           Text("button.back"),
		"Stuck? Ana":     Text("rail.help", Values{"name": "Bo"}, Values{"name": "Ana"}),
		"Stuck? <Ana>":   Text("rail.help", Values{"name": "<Ana>"}), // plain text: a page or a mail escapes it
		"Messages (1)":   Plural("banner.tray_count", 1),
		"Messages (0)":   Plural("banner.tray_count", 0),
		"Messages (21)":  Plural("banner.tray_count", 21),
		"no.such.key":    Text("no.such.key", Values{"n": 1}),
		"no.such.plural": Plural("no.such.plural", 2),
	} {
		if got != want {
			t.Errorf("said %q, want %q", got, want)
		}
	}
	if !Known("button.back") || Known("no.such.key") {
		t.Error("what has a text is not what is known")
	}
}

func TestFormsOfOtherLanguages(t *testing.T) {
	texts, err := read([]byte(`{"keys": {"few": "{{.n}} few", "other": "{{.n}} other"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for form, want := range map[plural.Form]string{plural.Few: "3 few", plural.Many: "3 other", plural.Other: "3 other"} {
		if got := texts.write("keys", form, Values{"n": 3}); got != want {
			t.Errorf("form %v is %q, want %q", form, got, want)
		}
	}
}

func TestBrokenTextsAreRefused(t *testing.T) {
	for file, want := range map[string]string{
		`{"a": `:                          "read the texts",
		`{"a": 5}`:                        "text a is neither",
		`{"a": {"one": "x"}}`:             `plural form "other"`,
		`{"a": {"other": "x", "o": "y"}}`: `plural form "o"`,
		`{"a": "{{.n"}`:                   "text a:",
		`{"a": "{{.n}} and {{if .n}}"}`:   "text a:",
		`{"a": "{{}}"}`:                   "text a:",
		`{"a": "{{.}}"}`:                  "text a:",
		`{"a": "{{printf .n}}"}`:          "text a:",
	} {
		if _, err := read([]byte(file)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is refused with %v, want %q", file, err, want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	for text, want := range map[sentence]string{
		"": "", "plain": "plain", "{{.n}}": "3", "{{.n}}{{.who}}.": "3Ana.", "a {{quote .bad}} b": `a "x\u202ey" b`, "{{.not}}": "<no value>",
		"{{.when}} }}": "1m0s }}",
	} {
		if got := text.fill(Values{"n": 3, "who": "Ana", "bad": "x\u202ey", "when": time.Minute}); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	if got := sentence("{{.n}}").fill(Values{"n": "{{.n}}"}); got != "{{.n}}" {
		t.Errorf("a value was taken for a text: %q", got)
	}
}
