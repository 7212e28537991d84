//go:build linux && cgo && !wayland

package hold

/*
#include <X11/Xlib.h>
#include <X11/XKBlib.h>
#include <X11/keysym.h>

static int viewable(void *display, unsigned long window) {
	XWindowAttributes a;
	return XGetWindowAttributes(display, window, &a) && a.map_state == IsViewable;
}

static void bring(void *display, unsigned long window) {
	XMapRaised(display, window);
	XFlush(display);
}

static int grab(void *display, unsigned long window) {
	const unsigned pointer = ButtonPressMask | ButtonReleaseMask | PointerMotionMask | EnterWindowMask | LeaveWindowMask;
	XRaiseWindow(display, window);
	XSetInputFocus(display, window, RevertToParent, CurrentTime);
	int keys = XGrabKeyboard(display, window, True, GrabModeAsync, GrabModeAsync, CurrentTime);
	int mouse = XGrabPointer(display, window, True, pointer, GrabModeAsync, GrabModeAsync, window, None, CurrentTime);
	XFlush(display);
	return keys == GrabSuccess && mouse == GrabSuccess;
}

static void numLock(void *display) {
	unsigned bits = XkbKeysymToModifiers(display, XK_Num_Lock);
	if (bits) {
		XkbLockModifiers(display, XkbUseCoreKbd, bits, bits);
		XFlush(display);
	}
}
*/
import "C"

import (
	"unsafe"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// native calls f with the X window and the connection that its events come by; not at all on another system.
func native(win fyne.Window, f func(display unsafe.Pointer, window C.ulong)) {
	n, is := win.(driver.NativeWindow)
	if !is {
		return
	}
	n.RunNative(func(context any) {
		if c, x11 := context.(driver.X11WindowContext); x11 && c.WindowHandle != 0 {
			f(unsafe.Pointer(glfw.GetX11Display()), C.ulong(c.WindowHandle))
		}
	})
}

// Prepare has a window that is made next stay where it is when something else gets the keyboard. Call it on the UI thread, once
// the toolkit is there.
func Prepare() { glfw.WindowHint(glfw.AutoIconify, glfw.False) }

// Hold holds the keyboard and the pointer, brings the window back where it is hidden, and says whether it has all of it now. It
// is called again and again. On the UI thread.
func (h *Holder) Hold(win fyne.Window) (held bool) {
	native(win, func(display unsafe.Pointer, window C.ulong) {
		if C.viewable(display, window) == 0 {
			h.held = false
			C.bring(display, window)
			return
		}
		if !h.held {
			h.held = C.grab(display, window) != 0
		}
		C.bring(display, window)
		held = h.held
	})
	return held
}

// NumLock has the keypad type digits. On the UI thread.
func NumLock(win fyne.Window) {
	native(win, func(display unsafe.Pointer, _ C.ulong) { C.numLock(display) })
}
