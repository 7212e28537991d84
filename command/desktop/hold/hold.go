// Package hold keeps a window before everything else on plain X: while it holds the keyboard and the pointer, no combination of
// keys and no gesture reaches a window manager. A compositor for kiosks on Wayland does that by itself.
package hold

// Holder holds for one window. The zero value holds nothing yet.
type Holder struct{ held bool }
