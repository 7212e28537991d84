package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// useTheme starts a test application in the kit's light theme.
func useTheme(t *testing.T) {
	t.Helper()
	app := test.NewTempApp(t)
	own, err := NewTheme("", 1)
	if err != nil {
		t.Fatal(err)
	}
	app.Settings().SetTheme(Forced(own, theme.VariantLight))
}

// show puts o into a window of this size.
func show(t *testing.T, o fyne.CanvasObject, width, height float32) fyne.Window {
	t.Helper()
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, height))
	return w
}

func press(w fyne.Focusable, names ...fyne.KeyName) {
	for _, name := range names {
		w.TypedKey(&fyne.KeyEvent{Name: name})
	}
}
