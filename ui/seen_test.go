package ui

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/sparekey/sparekey/ui/kit"
)

// tap taps the element with a key.
func Tap(t *testing.T, w *Window, key string) {
	t.Helper()
	o, ok := kit.Find(w.Root(), key).(fyne.Tappable)
	if !ok {
		t.Fatalf("there is nothing to tap called %q on page %q", key, w.Page())
	}
	o.Tapped(&fyne.PointEvent{})
}

// field gives the field with a key.
func Field(t *testing.T, w *Window, key string) *kit.Field {
	t.Helper()
	f, ok := kit.Find(w.Root(), key).(*kit.Field)
	if !ok {
		t.Fatalf("there is no field called %q on page %q", key, w.Page())
	}
	return f
}

// cells gives the code's cells.
func Cells(t *testing.T, w *Window) *kit.CodeCells {
	t.Helper()
	c, ok := kit.Find(w.Root(), "code.cells").(*kit.CodeCells)
	if !ok {
		t.Fatalf("there are no cells on page %q", w.Page())
	}
	return c
}

// says reports whether a text is to be seen.
func Says(w *Window, words string) bool {
	return slices.Contains(kit.Texts(w.Root()), words)
}

func MustSay(t *testing.T, w *Window, words string) {
	t.Helper()
	if !Says(w, words) {
		t.Errorf("page %q doesn't say %q; it says:\n%s", w.Page(), words, fmt.Sprintf("%q", kit.Texts(w.Root())))
	}
}

func MustNotSay(t *testing.T, w *Window, words string) {
	t.Helper()
	if Says(w, words) {
		t.Errorf("page %q says %q", w.Page(), words)
	}
}

func MustBeAt(t *testing.T, w *Window, page string) {
	t.Helper()
	if w.Page() != page {
		t.Fatalf("at page %q, want %q; it says %q", w.Page(), page, kit.Texts(w.Root()))
	}
}

// uncut reports a text that is wider than what it has, or that reaches out of the window.
func MustNotCut(t *testing.T, w *Window, page string, words *canvas.Text) {
	t.Helper()
	right := fyne.CurrentApp().Driver().AbsolutePositionForObject(words).X + words.MinSize().Width
	if words.MinSize().Width > words.Size().Width+1 || right > w.Window().Canvas().Size().Width+1 {
		t.Errorf("at %v page %q cuts %q: it is %v wide, has %v, ends at %v",
			w.Window().Canvas().Size(), page, words.Text, words.MinSize().Width, words.Size().Width, right)
	}
}
