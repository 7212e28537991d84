package uitest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// OnKeyboard goes round the page by Tab.
func OnKeyboard(t *testing.T, w *shell.Window, where string) {
	t.Helper()
	canvas := w.Window().Canvas()
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
	for _, f := range held(w.Root()) {
		if off, is := f.(fyne.Disableable); (!is || !off.Disabled()) && !slices.Contains(reached, f) {
			t.Errorf("%s: Tab does not reach %s", where, named(f))
		}
	}
}

// held is everything with a focus of its own that root, or what is below it, keeps in one of its fields and does not hide.
// It does not go by what the widgets name as their children, as the Tab key and the painter do: who is left out there is
// out of sight and out of reach.
func held(root fyne.CanvasObject) []fyne.Focusable {
	var found []fyne.Focusable
	seen := map[any]bool{}
	var look func(v reflect.Value)
	look = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Interface:
			look(v.Elem())
		case reflect.Slice:
			for i := range v.Len() {
				look(v.Index(i))
			}
		case reflect.Struct:
			if !v.CanAddr() || !ours(v.Type()) {
				return
			}
			for i := range v.NumField() {
				field := v.Field(i)
				look(reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()) // also what kit keeps to itself
			}
		case reflect.Pointer:
			if v.IsNil() || seen[v.Interface()] {
				return
			}
			seen[v.Interface()] = true
			if o, is := v.Interface().(fyne.CanvasObject); is && !o.Visible() {
				return
			}
			if f, is := v.Interface().(fyne.Focusable); is {
				found = append(found, f)
				return
			}
			look(v.Elem())
		}
	}
	look(reflect.ValueOf(root))
	return found
}

// ours reports whether a type is the kit's, or one of Fyne's that the kit puts its widgets into.
func ours(t reflect.Type) bool {
	return t.PkgPath() == reflect.TypeFor[kit.Page]().PkgPath() || t == reflect.TypeFor[fyne.Container]() || t == reflect.TypeFor[container.Scroll]()
}

func named(f fyne.Focusable) string {
	if e, is := f.(kit.Element); is {
		return e.Key()
	}
	return fmt.Sprintf("%T", f)
}
