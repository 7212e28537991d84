package kiosk_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
	"github.com/sparekey/sparekey/ui/uitest"
)

// guard takes one PIN.
type guard struct {
	pin   string
	next  time.Time
	tries int
}

func (g *guard) Set() bool { return g.pin != "" }

func (g *guard) Try(pin app.Secret) (bool, time.Time, error) {
	g.tries++
	return pin.Reveal() == g.pin, g.next, nil
}

// open opens a kiosk on a stage, on a screen of 1280 by 800.
func open(t *testing.T, s *uitest.Stage, change ...func(*kiosk.Options)) *kiosk.Kiosk {
	t.Helper()
	return openAt(t, s, fyne.NewSize(1280, 800), change...)
}

func openAt(t *testing.T, s *uitest.Stage, size fyne.Size, change ...func(*kiosk.Options)) *kiosk.Kiosk {
	t.Helper()
	a := test.NewTempApp(t)
	o := kiosk.Options{Services: s.Services(), Guard: &guard{pin: "135790"}, Run: s, Clock: func() time.Time { return s.Now }}
	for _, f := range change {
		f(&o)
	}
	win := test.NewTempWindow(t, nil)
	k := kiosk.New(a, win, o)
	win.Resize(size)
	t.Cleanup(k.Close)
	return k
}

// at is a kiosk where somebody has begun a reset, which stands at a step.
func at(t *testing.T, s *uitest.Stage, f app.Flow, change ...func(*kiosk.Options)) *kiosk.Kiosk {
	t.Helper()
	k := open(t, s, change...)
	begin(t, s, k, f)
	return k
}

func begin(t *testing.T, s *uitest.Stage, k *kiosk.Kiosk, f app.Flow) {
	t.Helper()
	s.OnStart = func(app.Start) (app.Flow, error) { return f, nil }
	uitest.Tap(t, k.Window(), "kiosk.forgot")
}

// press presses a key as the toolkit hands it on: to what has the focus, else to the window.
func press(w *shell.Window, name fyne.KeyName) {
	canvas := w.Window().Canvas()
	event := &fyne.KeyEvent{Name: name}
	if f := canvas.Focused(); f != nil {
		f.TypedKey(event)
		return
	}
	canvas.OnTypedKey()(event)
}

// scan types as a scanner does: signs, and Enter.
func scan(w *shell.Window, text string) {
	canvas := w.Window().Canvas()
	for _, r := range text {
		if f := canvas.Focused(); f != nil {
			f.TypedRune(r)
		} else if canvas.OnTypedRune() != nil {
			canvas.OnTypedRune()(r)
		}
	}
	press(w, fyne.KeyReturn)
}

// veil is what lies over the pages, or nil.
func veil(w *shell.Window) fyne.CanvasObject { return w.Window().Canvas().Overlays().Top() }

// says reports whether a text stands on what lies over the pages.
func veilSays(t *testing.T, w *shell.Window, want string) {
	t.Helper()
	over := veil(w)
	if over == nil {
		t.Fatalf("nothing lies over page %q", w.Page())
	}
	for _, text := range kit.Texts(over) {
		if text == want {
			return
		}
	}
	t.Errorf("it doesn't say %q but %q", want, kit.Texts(over))
}
