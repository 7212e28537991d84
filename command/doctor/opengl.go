package doctor

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"
)

// windowPatience is how long a window may take to open and close; a software renderer is slow.
const windowPatience = 30 * time.Second

// checkOpenGL opens a window in another process: a broken driver can end the process that tries it.
func (d Doctor) checkOpenGL(ctx context.Context, display bool) Finding {
	f := Finding{Check: "opengl", Health: Healthy}
	if !display {
		f.Health, f.What = NotChecked, "there is no display to open a window on"
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, windowPatience)
	defer cancel()
	said, err := d.workstation.OpenWindow(ctx)
	switch {
	case err == nil:
		f.What = "a window opened and closed"
	case ctx.Err() != nil:
		f.Health, f.What = Problem, fmt.Sprintf("no window opened within %v", windowPatience)
	default:
		f.Health, f.What = Problem, "no window opened: "+complaint(said, err)
	}
	if err != nil {
		f.Do = "Check that the display can be reached and that its graphics driver has OpenGL 2.1; over remote desktop or in a virtual machine install Mesa's software renderer"
	}
	return f
}

// complaint is the one line that tells why no window opened: the last cause that the toolkit logged, else what it
// panicked with, else its first line, else how the process ended.
func complaint(said string, err error) string {
	var first, panicked, cause string
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if first == "" {
			first = line
		}
		if text, found := strings.CutPrefix(line, "panic: "); found && panicked == "" {
			panicked = text
		}
		if _, text, found := strings.Cut(line, "Cause: "); found {
			cause = text
		}
	}
	return cmp.Or(cause, panicked, first, err.Error())
}
