// Package hold keeps a window before everything else on plain X: while it holds the keyboard and the pointer, no combination of
// keys and no gesture reaches a window manager. A compositor for kiosks on Wayland does that by itself.
package hold

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// Holds reports whether this is a system on which a window has to hold something itself. On the UI thread.
func Holds(win fyne.Window) (x11 bool) {
	if n, is := win.(driver.NativeWindow); is {
		n.RunNative(func(context any) { _, x11 = context.(driver.X11WindowContext) })
	}
	return x11
}

// Holder holds for one window. The zero value holds nothing yet.
type Holder struct{ held bool }
