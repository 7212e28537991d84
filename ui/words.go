package ui

import (
	"cmp"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
)

// nameLanguage tells Fyne which of its own texts ("Paste") stand beside ours. Fyne would go by the system's locale; it
// reads that anew whenever it is given texts, even none.
func nameLanguage() error {
	const variable = "LANGUAGE"
	before, was := os.LookupEnv(variable)
	if err := os.Setenv(variable, words.Language); err != nil {
		return err
	}
	err := lang.AddTranslations(fyne.NewStaticResource(words.Language+".json", []byte("{}")))
	if was {
		return cmp.Or(err, os.Setenv(variable, before))
	}
	return cmp.Or(err, os.Unsetenv(variable))
}

// refusal says what an error means to the person, and what to do. when is the time of the next try as people say it,
// empty when time does not matter.
func refusal(e *app.Error, when string) string {
	key := "error." + string(e.Code)
	switch e.Code {
	case app.CodeWrongCode, app.CodeWrongAddr, app.CodeWrongPhone, app.CodeWrongAnswer,
		app.CodeKeyPINWrong, app.CodeKeyFingerWrong:
		return words.Plural(key, e.TriesLeft)
	case app.CodeKeyPINShort:
		return words.Text(key, words.Values{"min": e.Params["min"]})
	case app.CodePassword, app.CodeDirectory:
		if rule := e.Params["rule"]; rule != "" && words.Known("rule."+rule) {
			if e.Code == app.CodeDirectory {
				key = "error.directory_refused_rule"
			}
			return words.Text(key) + " " + words.Text("rule."+rule)
		}
	}
	if when != "" && words.Known(key+"_until") {
		return words.Text(key+"_until", words.Values{"when": when})
	}
	if !words.Known(key) {
		key = "error.internal"
	}
	return words.Text(key)
}

// refusal says what an error means here, now.
func (w *Window) refusal(e *app.Error) string {
	when := ""
	if now := w.o.Clock(); e.RetryAt.After(now) {
		when = words.Until(now, e.RetryAt)
	}
	return refusal(e, when)
}
