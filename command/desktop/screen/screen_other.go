//go:build (!unix && !windows) || darwin

package screen

// Find knows nothing: macOS keeps a new window on its screen by itself.
func Find() (Screen, error) { return Screen{}, ErrUnknown }
