package ui

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// Tab reaches all that can be done on each page, at 100 and at 200 %, and what has the focus can be seen.
func TestTabReachesEverythingInSight(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1024, 700), fyne.NewSize(640, 400)} {
		for _, c := range steps() {
			f := flow(1, c.step)
			f.CanBack, f.Contact = true, true
			f.Others = []app.Choice{{Kind: app.KindEmail}}
			w := newStage(t).at(f)
			w.win.Resize(size)
			onKeyboard(t, w, fmt.Sprintf("page %s at %v", c.page, size))
		}
	}
}

// onKeyboard goes round the page by Tab.
func onKeyboard(t *testing.T, w *Window, where string) {
	t.Helper()
	canvas := w.win.Canvas()
	var reached []fyne.Focusable
	canvas.Unfocus()
	for range 200 {
		canvas.FocusNext()
		f := canvas.Focused()
		if f == nil || slices.Contains(reached, f) {
			break
		}
		reached = append(reached, f)
		o := f.(fyne.CanvasObject)
		top := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		if bottom := top + o.Size().Height; top < 0 || bottom > canvas.Size().Height {
			t.Errorf("%s: %s has the focus at %v to %v", where, named(f), top, bottom)
		}
	}
	kit.Walk(w.Root(), func(o fyne.CanvasObject) bool {
		f, can := o.(fyne.Focusable)
		off, is := o.(fyne.Disableable)
		if can && !(is && off.Disabled()) && !slices.Contains(reached, f) {
			t.Errorf("%s: Tab does not reach %s", where, named(f))
		}
		return false
	})
}

func named(f fyne.Focusable) string {
	if e, is := f.(kit.Element); is {
		return e.Key()
	}
	return fmt.Sprintf("%T", f)
}
