// Package words turns text keys into sentences. It knows no window: whatever speaks to people takes its words from here.
package words

import (
	"encoding/json"
	"fmt"
	"sync"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"github.com/sparekey/sparekey/assets"
)

// Language is the one language that there is so far (BCP 47). Everything that speaks to people speaks it.
const Language = "en"

// Values are what a text's placeholders stand for.
type Values map[string]any

// Text gives the text of a key, or the key itself where there is no text. Of two sets of values the later one counts.
func Text(key string, values ...Values) string {
	return english().write(key, plural.Other, merge(values))
}

// Plural gives the text of a key in the form for n, which is the placeholder n too.
func Plural(key string, n int, values ...Values) string {
	all := merge(values)
	all["n"] = n
	form := plural.Cardinal.MatchPlural(language.Make(Language), n, 0, 0, 0, 0)
	return english().write(key, form, all)
}

// Known reports whether a key has a text. Codes and kinds that a newer server sends may have none.
func Known(key string) bool {
	_, known := english()[key]
	return known
}

func merge(values []Values) Values {
	all := Values{}
	for _, some := range values {
		for name, value := range some {
			all[name] = value
		}
	}
	return all
}

// catalogue holds the texts of a language, each in its plural forms; most have plural.Other alone.
type catalogue map[string]map[plural.Form]sentence

// english reads the texts once. Of a file that can't be read no text is known, and each key stands for itself; a test
// keeps such a file out of the program.
var english = sync.OnceValue(func() catalogue {
	texts, _ := load()
	return texts
})

// load reads the texts that are embedded in the program.
func load() (catalogue, error) {
	data, err := assets.Text.ReadFile("text/" + Language + ".json")
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	return read(data)
}

// forms are the names that a text's plural forms have in the file.
var forms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two, "few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// read takes the texts of a language from its file: for each key a sentence, or an object of its plural forms.
func read(data []byte) (catalogue, error) {
	var file map[string]json.RawMessage
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	texts := make(catalogue, len(file))
	for key, raw := range file {
		written := map[string]sentence{"other": ""}
		alone := sentence("")
		if err := json.Unmarshal(raw, &alone); err == nil {
			written["other"] = alone
		} else if err := json.Unmarshal(raw, &written); err != nil {
			return nil, fmt.Errorf("text %s is neither a sentence nor plural forms: %w", key, err)
		}
		texts[key] = make(map[plural.Form]sentence, len(written))
		for name, text := range written {
			form, is := forms[name]
			if !is || text == "" {
				return nil, fmt.Errorf("text %s has an unknown or empty plural form %q", key, name)
			}
			if err := text.check(); err != nil {
				return nil, fmt.Errorf("text %s: %w", key, err)
			}
			texts[key][form] = text
		}
	}
	return texts, nil
}

// write gives a text in a form, or in plural.Other where the text does not tell the form apart.
func (c catalogue) write(key string, form plural.Form, values Values) string {
	text, known := c[key]
	if !known {
		return key
	}
	if said := text[form]; said != "" {
		return said.fill(values)
	}
	return text[plural.Other].fill(values)
}
