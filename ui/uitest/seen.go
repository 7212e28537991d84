package uitest

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// Tap taps the element with a key.
func Tap(t *testing.T, w *shell.Window, key string) {
	t.Helper()
	o, ok := kit.Find(w.Root(), key).(fyne.Tappable)
	if !ok {
		t.Fatalf("there is nothing to tap called %q on page %q", key, w.Page())
	}
	o.Tapped(&fyne.PointEvent{})
}

// Field gives the field with a key.
func Field(t *testing.T, w *shell.Window, key string) *kit.Field {
	t.Helper()
	f, ok := kit.Find(w.Root(), key).(*kit.Field)
	if !ok {
		t.Fatalf("there is no field called %q on page %q", key, w.Page())
	}
	return f
}

// Cells gives the code's cells.
func Cells(t *testing.T, w *shell.Window) *kit.CodeCells {
	t.Helper()
	c, ok := kit.Find(w.Root(), "code.cells").(*kit.CodeCells)
	if !ok {
		t.Fatalf("there are no cells on page %q", w.Page())
	}
	return c
}

// Says reports whether a text is to be seen.
func Says(w *shell.Window, words string) bool {
	return slices.Contains(kit.Texts(w.Root()), words)
}

// MustSay fails the test when a text is not to be seen.
func MustSay(t *testing.T, w *shell.Window, words string) {
	t.Helper()
	if !Says(w, words) {
		t.Errorf("page %q doesn't say %q; it says:\n%s", w.Page(), words, fmt.Sprintf("%q", kit.Texts(w.Root())))
	}
}

// MustNotSay fails the test when a text is to be seen.
func MustNotSay(t *testing.T, w *shell.Window, words string) {
	t.Helper()
	if Says(w, words) {
		t.Errorf("page %q says %q", w.Page(), words)
	}
}

// MustNotRepeat fails the test when a text is to be seen more than once.
func MustNotRepeat(t *testing.T, w *shell.Window, words string) {
	t.Helper()
	if first := slices.Index(kit.Texts(w.Root()), words); first >= 0 && slices.Contains(kit.Texts(w.Root())[first+1:], words) {
		t.Errorf("page %q says %q more than once; it says:\n%s", w.Page(), words, fmt.Sprintf("%q", kit.Texts(w.Root())))
	}
}

// MustBeAt ends the test when another page is shown.
func MustBeAt(t *testing.T, w *shell.Window, page string) {
	t.Helper()
	if w.Page() != page {
		t.Fatalf("at page %q, want %q; it says %q", w.Page(), page, kit.Texts(w.Root()))
	}
}

// MustNotCut reports a text that is wider than what it has, or that reaches out of the window.
func MustNotCut(t *testing.T, w *shell.Window, page string, words *canvas.Text) {
	t.Helper()
	right := fyne.CurrentApp().Driver().AbsolutePositionForObject(words).X + words.MinSize().Width
	if words.MinSize().Width > words.Size().Width+1 || right > w.Window().Canvas().Size().Width+1 {
		t.Errorf("at %v page %q cuts %q: it is %v wide, has %v, ends at %v",
			w.Window().Canvas().Size(), page, words.Text, words.MinSize().Width, words.Size().Width, right)
	}
}
