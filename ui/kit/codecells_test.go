package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestCodeCellsCallCompleteOnceTheLastDigitIsIn(t *testing.T) {
	useTheme(t)
	c := NewCodeCells("code", "Code")
	var changes, complete []string
	c.OnChanged = func(s string) { changes = append(changes, s) }
	c.OnComplete = func(s string) { complete = append(complete, s) }
	show(t, c, 600, 200)
	test.Type(c, "12x3456")
	if len(changes) != 6 || changes[2] != "123" {
		t.Errorf("changes: %q", changes)
	}
	if len(complete) != 1 || complete[0] != "123456" {
		t.Errorf("complete: %q", complete)
	}
	press(c, fyne.KeyBackspace)
	if c.Text() != "12345" || len(complete) != 1 {
		t.Errorf("after Backspace %q, complete %q", c.Text(), complete)
	}
	c.Clear()
	if c.Text() != "" || len(changes) != 7 {
		t.Errorf("after Clear %q, changes %q", c.Text(), changes)
	}
}

// TestCodeCellsPaste holds that only what was nothing but a code is complete by itself, and that what holds none or
// several changes nothing.
func TestCodeCellsPaste(t *testing.T) {
	useTheme(t)
	for _, tt := range []struct {
		pasted, typed, complete string
		unclear                 int // -1: it was clear
	}{
		{"٦٥٤ 321\n", "654321", "654321", -1},
		{"Clinic 24: 675293 is your code. Valid for 5 minutes.", "675293", "", -1},
		{"Valid for 5 minutes.", "99", "", 0},
		{"Old 111222, new 333444", "99", "", 2},
	} {
		c := NewCodeCells("code", "")
		complete, unclear, changes := "", -1, 0
		c.OnComplete = func(s string) { complete = s }
		c.OnUnclear = func(codes int) { unclear = codes }
		test.Type(c, "99")
		c.OnChanged = func(string) { changes++ }
		fyne.CurrentApp().Clipboard().SetContent(tt.pasted)
		c.TypedShortcut(&fyne.ShortcutPaste{})
		if c.Text() != tt.typed || complete != tt.complete || unclear != tt.unclear || (changes == 1) != (unclear < 0) {
			t.Errorf("%q: typed %q, complete %q, unclear %d, %d changes", tt.pasted, c.Text(), complete, unclear, changes)
		}
	}
}

func TestCodeCellsTakeTheFocusWhenTapped(t *testing.T) {
	useTheme(t)
	c := NewCodeCells("code", "")
	w := show(t, c, 600, 200)
	test.Tap(c)
	if w.Canvas().Focused() != c {
		t.Errorf("focused is %v", w.Canvas().Focused())
	}
}

func TestCodeCellsShowDigitsAndError(t *testing.T) {
	useTheme(t)
	c := NewCodeCells("code", "Code")
	show(t, c, 600, 200)
	before := c.MinSize().Height
	c.SetError("Not right.")
	test.Type(c, "12")
	if got := Texts(c); len(got) != 4 || got[0] != "Code" || got[1] != "1" || got[3] != "Not right." {
		t.Errorf("texts: %q", got)
	}
	if c.MinSize().Height <= before {
		t.Error("no room was made for the error")
	}
	c.SetError("")
	if c.MinSize().Height != before {
		t.Error("the error's room stays when it is cleared")
	}
}
