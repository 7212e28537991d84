package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/command/desktop/instance"
)

// ErrRaised means that another process shows the window, which shows itself now.
var ErrRaised = instance.ErrRunning

// Claim makes this process the one that shows a window: ErrRaised when another does; an error that names that process when
// it does not answer. Where that can't be found out (no folder to meet in) there is a window and no claim: a person in
// trouble is better off with two windows than with none.
func (d *Desktop) Claim(ctx context.Context, what ...string) error {
	folder, err := instance.Folder()
	if err != nil {
		return nil
	}
	d.claim, err = instance.Claim(ctx, folder, strings.Join(append(what, instance.Session()), "\n"))
	var hung *instance.HungError
	switch {
	case errors.Is(err, instance.ErrRunning):
		return ErrRaised
	case errors.As(err, &hung) && hung.Process != 0:
		return errors.New(words.Text("command.hung", words.Values{"process": hung.Process}))
	case errors.As(err, &hung):
		return errors.New(words.Text("command.hung.unnamed"))
	}
	return nil
}

// raised calls raise, which waits for the UI thread, whenever another start asks for the window, until ctx ends. A window that
// hangs is so no window that was raised.
func raised(ctx context.Context, claim *instance.Instance, log io.Writer, raise func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-claim.Raise():
			fmt.Fprintln(log, words.Text("command.raised"))
			raise()
			claim.Seen()
		}
	}
}
