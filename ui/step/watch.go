package step

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/app"
)

// askEvery is how often a page that waits for something outside the window reads the flow.
const askEvery = 2 * time.Second

// watch reads the flow again and again, while something goes on outside the window: at a telephone, or with a message.
type watch struct {
	flow  *flow
	every func() time.Duration // until the next reading; 0 while there is nothing to learn
	heard func()               // what to do once the flow stands as it did, and may say more
	lost  func(e *app.Error)   // what to do once a reading failed; nil for nothing

	ctx    context.Context // ends when the page is left
	leave  context.CancelFunc
	asking bool
	since  time.Time     // the last reading ended
	failed int           // how many readings failed in a row
	pause  time.Duration // after those
}

func newWatch(f *flow, every func() time.Duration, heard func()) *watch {
	ctx, leave := context.WithCancel(context.Background())
	return &watch{flow: f, every: every, heard: heard, ctx: ctx, leave: leave, since: f.arrived}
}

// tick reads the flow again once it is time, unless a reading is under way or the person has sent something.
func (w *watch) tick(now time.Time) {
	every := w.every()
	if every == 0 || w.asking || w.flow.w.Busy() {
		return
	}
	if now.Before(w.since.Add(max(every, w.pause))) {
		return
	}
	w.asking = true
	flows, id := w.flow.w.Services.Flows, w.flow.ID
	w.flow.w.Run.Run(func() func() {
		read, err := flows.Get(w.ctx, id)
		return func() { w.answered(read, w.flow.w.AsError(err)) }
	})
}

// answered takes the flow as it was read. What the person does meanwhile comes first.
func (w *watch) answered(read app.Flow, e *app.Error) {
	w.asking, w.since = false, w.flow.w.Clock()
	switch {
	case w.ctx.Err() != nil || w.flow.w.Busy():
	case e != nil && over(e.Code):
		w.flow.received(app.Flow{}, e)
	case e != nil:
		w.pause = w.flow.w.UntilNextTry(w.failed)
		w.failed++
		if w.lost != nil {
			w.lost(e)
		}
	case read.Rev > w.flow.Rev:
		w.flow.received(read, nil)
	default:
		if read.Rev == w.flow.Rev { // and not older than the page
			w.flow.Flow, w.flow.arrived = read, w.flow.w.Clock()
		}
		w.failed, w.pause = 0, 0
		w.heard()
	}
}
