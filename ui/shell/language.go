package shell

import (
	"cmp"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

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
