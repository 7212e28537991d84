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

func TestCodeCellsPaste(t *testing.T) {
	useTheme(t)
	c := NewCodeCells("code", "")
	fyne.CurrentApp().Clipboard().SetContent("٦٥٤ 321")
	c.TypedShortcut(&fyne.ShortcutPaste{})
	if c.Text() != "654321" {
		t.Errorf("pasted %q", c.Text())
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
