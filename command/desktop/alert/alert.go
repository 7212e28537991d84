// Package alert shows a box with words by the system's own means, where no window of the program's can be made.
package alert

import "errors"

// ErrNone means that nobody can be shown anything: there is no display, or no program that shows a box on it.
var ErrNone = errors.New("alert: nothing shows a box here")
