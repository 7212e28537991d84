//go:build !windows

package usb

// Barred reports whether the system keeps this person from every key: here it goes by the key.
func Barred() bool { return false }
