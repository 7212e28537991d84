package shell

import (
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
)

// TestTheToolkitSpeaksTheLanguageOfTheTexts whatever the system speaks.
func TestTheToolkitSpeaksTheLanguageOfTheTexts(t *testing.T) {
	t.Setenv("LANGUAGE", "de")
	if err := lang.AddTranslations(fyne.NewStaticResource("de.json", []byte("{}"))); err != nil {
		t.Fatal(err)
	}
	if got := lang.L("Paste"); got == "Paste" {
		t.Fatal("the toolkit does not go by the system's language, and needs nobody to name one")
	}
	if err := nameLanguage(); err != nil {
		t.Fatal(err)
	}
	if got := lang.L("Paste"); got != "Paste" {
		t.Errorf("beside English texts stands %q", got)
	}
	if got := os.Getenv("LANGUAGE"); got != "de" {
		t.Errorf("afterwards the system speaks %q", got)
	}
}
