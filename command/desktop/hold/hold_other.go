//go:build !linux || !cgo || wayland

package hold

import "fyne.io/fyne/v2"

// Prepare does nothing on this system.
func Prepare() {}

// Hold holds nothing on this system.
func (h *Holder) Hold(fyne.Window) (held bool) { return h.held }

// NumLock does nothing on this system.
func NumLock(fyne.Window) {}
