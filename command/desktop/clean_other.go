//go:build !unix

package desktop

// StartClean does nothing where a process can't be started anew in its own place: see docs/kiosk.md for what to set before.
func StartClean() error { return nil }
