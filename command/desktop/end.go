package desktop

import (
	"context"
	"fmt"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/assets/words"
)

// Process is what a window has of the process that it runs in.
type Process struct {
	Log  io.Writer
	Exit func(code int) // ends it at once, whatever waits in it; nil where it may wait
}

// endWithin is how long a window may take to end once it was closed or is told to. By itself it takes some tenths of a second.
const endWithin = 2 * time.Second

// endInTime ends the process where a window has not ended within endWithin of the end of ctx, and says so in the log. What shows it
// may wait for a display that hangs, or a driver, which nothing else can end; what is kept is whole at any time. over is called
// when the window has ended.
func (p Process) endInTime(ctx context.Context) (over func()) {
	if p.Exit == nil {
		return func() {}
	}
	ended := make(chan struct{})
	go func() {
		<-ctx.Done()
		select {
		case <-ended:
		case <-time.After(endWithin):
			fmt.Fprintln(p.Log, words.Text("command.ended"))
			p.Exit(1)
		}
	}()
	return func() { close(ended) }
}

// keepNoPreferences keeps the toolkit from saving preferences as it ends, of which the program has none. It has that done by the UI
// thread, whose loop has just ended: where it asks a moment too early, nobody ever does it, and Run waits for that for ever.
func keepNoPreferences(a fyne.App) {
	if l, is := a.Lifecycle().(interface{ SetOnStoppedHookExecuted(f func()) }); is {
		l.SetOnStoppedHookExecuted(nil)
	}
}
