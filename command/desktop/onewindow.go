package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop/instance"
)

// Claim makes this process the one that shows a window; false when another has it, which shows itself now. Where that
// can't be found out (no folder to meet in, a first one that hangs) there is a window and no claim: a person in trouble is
// better off with two windows than with none.
func (d *Desktop) Claim(ctx context.Context, what ...string) (free bool) {
	folder, err := instance.Folder()
	if err != nil {
		return true
	}
	d.claim, err = instance.Claim(ctx, folder, windowName(what...))
	return !errors.Is(err, instance.ErrRunning)
}

// windowName tells windows apart: by what they show and by the display that they are on.
func windowName(what ...string) string {
	return strings.Join(append(what, os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY")), "\n")
}

// raised calls raise whenever another start asks for the window, until ctx ends.
func raised(ctx context.Context, claim *instance.Instance, log io.Writer, raise func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-claim.Raise():
			fmt.Fprintln(log, words.Text("command.raised"))
			raise()
		}
	}
}
