package rest

import (
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// withContext is a window of the toolkit's that is drawn by OpenGL.
type withContext interface{ RunWithContext(f func()) }

// Of has the loop rest that runs win, the only window, which is there. blink reports whether a cursor blinks in it; that moves
// without a call of Changed. Where the window is not one of the system's, the loop goes on as it is. On the UI thread.
func (l *Loop) Of(win fyne.Window, blink func() bool) {
	drawn, is := win.(withContext)
	if !is {
		return
	}
	var view *glfw.Window
	drawn.RunWithContext(func() { view = glfw.GetCurrentContext() })
	if view == nil {
		return
	}
	l.now, l.blink, l.queue, l.wake = time.Now, blink, fyne.Do, glfw.PostEmptyEvent
	l.wait = func(most time.Duration) { glfw.WaitEventsTimeout(most.Seconds()) }
	l.listen(view)
	l.input()
	(&fyne.Animation{Duration: time.Second, RepeatCount: fyne.AnimationRepeatForever, Tick: func(float32) { l.frame() }}).Start()
}

// listen has what somebody does in the window keep the loop awake, on its way to the toolkit.
func (l *Loop) listen(view *glfw.Window) {
	key := view.SetKeyCallback(nil)
	view.SetKeyCallback(func(w *glfw.Window, k glfw.Key, code int, a glfw.Action, m glfw.ModifierKey) {
		l.input()
		key(w, k, code, a, m)
	})
	char := view.SetCharCallback(nil)
	view.SetCharCallback(func(w *glfw.Window, r rune) { l.input(); char(w, r) })
	button := view.SetMouseButtonCallback(nil)
	view.SetMouseButtonCallback(func(w *glfw.Window, b glfw.MouseButton, a glfw.Action, m glfw.ModifierKey) {
		l.input()
		button(w, b, a, m)
	})
	pointer := view.SetCursorPosCallback(nil)
	view.SetCursorPosCallback(func(w *glfw.Window, x, y float64) { l.input(); pointer(w, x, y) })
	wheel := view.SetScrollCallback(nil)
	view.SetScrollCallback(func(w *glfw.Window, x, y float64) { l.input(); wheel(w, x, y) })
	focus := view.SetFocusCallback(nil)
	view.SetFocusCallback(func(w *glfw.Window, has bool) { l.input(); focus(w, has) })
	closed := view.SetCloseCallback(nil)
	view.SetCloseCallback(func(w *glfw.Window) { l.input(); closed(w) })
	size := view.SetSizeCallback(nil)
	view.SetSizeCallback(func(w *glfw.Window, width, height int) { l.Changed(); size(w, width, height) })
	pixels := view.SetFramebufferSizeCallback(nil)
	view.SetFramebufferSizeCallback(func(w *glfw.Window, width, height int) { l.Changed(); pixels(w, width, height) })
	exposed := view.SetRefreshCallback(nil)
	view.SetRefreshCallback(func(w *glfw.Window) { l.Changed(); exposed(w) })
}
