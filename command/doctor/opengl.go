package doctor

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/sparekey/sparekey/assets/words"
)

// windowPatience is how long a window may take to open and close; a software renderer is slow.
const windowPatience = 30 * time.Second

// checkOpenGL opens a window in another process: a broken driver can end the process that tries it. Only the window's own
// picture proves it, since the toolkit may complain and go on; some drivers show a picture and can't read it back.
func (d Doctor) checkOpenGL(ctx context.Context, display bool) Finding {
	f := Finding{Check: "opengl", Health: Healthy}
	if !display {
		f.Health, f.What = NotChecked, words.Text("doctor.opengl.no_display")
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, windowPatience)
	defer cancel()
	seen, said, err := d.workstation.OpenWindow(ctx)
	switch {
	case seen && err == nil:
		f.What = words.Text("doctor.opengl.good")
	case ctx.Err() != nil:
		f.Health, f.What = Problem, words.Text("doctor.opengl.late", words.Values{"time": windowPatience})
	case err != nil || said != "":
		f.Health, f.What = Problem, words.Text("doctor.opengl.failed", words.Values{"why": complaint(said, err)})
	default:
		f.Health, f.What = Attention, words.Text("doctor.opengl.unseen")
		f.Do = words.Text("doctor.opengl.unseen.do")
	}
	if f.Health == Problem {
		f.Do = words.Text("doctor.opengl.do")
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
	if err == nil {
		return cmp.Or(cause, panicked, first)
	}
	return cmp.Or(cause, panicked, first, err.Error())
}
