package keyparts_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// TestAPINIsOneHoweverItsLettersAreMade: the driver composes it, so that the page counts and compares it composed.
func TestAPINIsOneHoweverItsLettersAreMade(t *testing.T) {
	w := uitest.NewStage(t).OpenWindow()
	n := keyparts.NewPINForm(shell.NewPageBase(w, "pin"), app.KeyInfo{MinPINLength: 4}, "key.new", "key.repeat")
	for _, c := range []struct {
		pin, again, old string
		refused         bool
	}{
		{"cre\u0300me", "cr\u00e8me", "", false}, {"cre\u0300me", "creme", "", true}, {"u\u0308u\u0308u\u0308", "üüü", "", true},
		{"cre\u0300me", "cr\u00e8me", "cr\u00e8me", true},
	} {
		n.PIN.SetText(c.pin)
		n.Again.SetText(c.again)
		if got := n.Refused(c.old); got != c.refused {
			t.Errorf("%+q, %+q after %+q: refused %v", c.pin, c.again, c.old, got)
		}
	}
}

// TestAPINsSpaceAtAnEndIsSaid once all of it is there.
func TestAPINsSpaceAtAnEndIsSaid(t *testing.T) {
	w := uitest.NewStage(t).OpenWindow()
	n := keyparts.NewPINForm(shell.NewPageBase(w, "pin"), app.KeyInfo{MinPINLength: 4}, "key.new", "key.repeat")
	note := n.Body()[2]
	for _, c := range []struct {
		pin, again string
		said       bool
	}{{"1234 ", "", false}, {"1234 ", "1", true}, {"1234", "1", false}, {" 1234", "1", true}} {
		n.PIN.SetText(c.pin)
		if n.Again.SetText(c.again); note.Visible() != c.said {
			t.Errorf("%q, %q: said %v", c.pin, c.again, note.Visible())
		}
	}
}

// TestAPINIsOneLine, whatever a paste brings.
func TestAPINIsOneLine(t *testing.T) {
	uitest.NewStage(t).OpenWindow()
	f := keyparts.NewPINField("key.pin", "PIN")
	for text, want := range map[string]string{"1234\r\n": "1234", "12\n34": ""} {
		clipboard := test.NewClipboard()
		clipboard.SetContent(text)
		f.SetText("")
		f.Entry().(fyne.Shortcutable).TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
		if said := f.Error() == words.Text("field.many_lines"); f.Text() != want || said != (want == "") {
			t.Errorf("%q becomes %q, and %q is said", text, f.Text(), f.Error())
		}
	}
}
