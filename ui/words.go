package ui

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2/lang"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets"
)

// vars are the values of a text's placeholders.
type vars map[string]any

// keys are the texts that there are.
var keys = sync.OnceValue(func() map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	if data, err := assets.Text.ReadFile("text/en.json"); err == nil {
		_ = json.Unmarshal(data, &all) // loadTexts reports what is wrong with the file
	}
	return all
})

// known reports whether a key that was made from a word of the server's has a text.
func known(key string) bool {
	_, is := keys()[key]
	return is
}

// loadTexts gives Fyne the texts. There is one language so far: it is named while they are read, since a locale that
// has no texts, or that can't be parsed, would make Fyne report every key that it looks up.
func loadTexts() error {
	const variable = "LANGUAGE"
	before, was := os.LookupEnv(variable)
	if err := os.Setenv(variable, "en"); err != nil {
		return fmt.Errorf("name the language: %w", err)
	}
	err := lang.AddTranslationsFS(assets.Text, "text")
	if was {
		return joined(err, os.Setenv(variable, before))
	}
	return joined(err, os.Unsetenv(variable))
}

func joined(first, second error) error {
	if first != nil {
		return fmt.Errorf("read the texts: %w", first)
	}
	return second
}

// text gives the text of a key.
func text(key string, values ...vars) string {
	return lang.X(key, key, merged(values))
}

// plural gives the text of a key in the form for n, which is the placeholder n too.
func plural(key string, n int, values ...vars) string {
	all := merged(values)
	all["n"] = n
	return lang.XN(key, key, n, all)
}

func merged(values []vars) vars {
	all := vars{}
	for _, some := range values {
		for name, value := range some {
			all[name] = value
		}
	}
	return all
}

// refusal says what an error means to the person, and what to do. when is the time of the next try as people say it,
// empty when time does not matter.
func refusal(e *app.Error, when string) string {
	key := "error." + string(e.Code)
	switch e.Code {
	case app.CodeWrongCode, app.CodeWrongAddr, app.CodeWrongPhone, app.CodeWrongAnswer,
		app.CodeKeyPINWrong, app.CodeKeyFingerWrong:
		return plural(key, e.TriesLeft)
	case app.CodeKeyPINShort:
		return text(key, vars{"min": e.Params["min"]})
	case app.CodePassword, app.CodeDirectory:
		if rule := e.Params["rule"]; rule != "" && known("rule."+rule) {
			if e.Code == app.CodeDirectory {
				key = "error.directory_refused_rule"
			}
			return text(key) + " " + text("rule."+rule)
		}
	}
	if when != "" && known(key+"_until") {
		return text(key+"_until", vars{"when": when})
	}
	if !known(key) {
		key = "error.internal"
	}
	return text(key)
}

// refusal says what an error means here, now.
func (w *Window) refusal(e *app.Error) string {
	when := ""
	if now := w.o.Clock(); e.RetryAt.After(now) {
		when = until(now, e.RetryAt)
	}
	return refusal(e, when)
}

// until says when a time is, seen from now: soon by counting, later by the clock.
func until(now, at time.Time) string {
	left := at.Sub(now)
	switch {
	case left <= time.Minute:
		return plural("time.seconds", ceil(left, time.Second))
	case left <= time.Hour:
		return plural("time.minutes", ceil(left, time.Minute))
	}
	values := vars{"clock": clock(at), "day": at.Day(), "month": month(at)}
	switch {
	case sameDay(now, at):
		return text("time.today", values)
	case sameDay(now.AddDate(0, 0, 1), at):
		return text("time.tomorrow", values)
	}
	return text("time.on", values)
}

// span says how long something has lasted.
func span(d time.Duration) string {
	if d < time.Minute {
		return plural("span.seconds", max(1, int(d/time.Second)))
	}
	return plural("span.minutes", int(d/time.Minute))
}

// date says which day a time was, seen from now.
func date(now, at time.Time) string {
	switch {
	case sameDay(now, at):
		return text("date.today")
	case sameDay(now.AddDate(0, 0, -1), at):
		return text("date.yesterday")
	}
	return text("date.on", vars{"day": at.Day(), "month": month(at)})
}

// countdown writes what is left of a lifetime, as "4:37".
func countdown(left time.Duration) string {
	s := max(0, ceil(left, time.Second))
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// ceil counts the units of d, a begun one as a whole one.
func ceil(d, unit time.Duration) int {
	if d <= 0 {
		return 0
	}
	return int((d + unit - 1) / unit)
}

func clock(t time.Time) string { return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute()) }

func month(t time.Time) string { return text(fmt.Sprintf("month.%d", int(t.Month()))) }

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// list joins words: "a, b and c".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return text("list.and", vars{"first": strings.Join(words[:last], ", "), "last": words[last]})
}
