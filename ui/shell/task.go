package shell

import (
	"context"
	"time"

	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// When a wait shows life, says what is waited for, and offers to stop.
const (
	lifeAfter  = 100 * time.Millisecond
	wordsAfter = 2 * time.Second
	// OfferAfter is also when a page says what helps, where it waits for something outside the window.
	OfferAfter = 10 * time.Second
)

// task is a wait for the services. There is one at a time: the page's.
type task struct {
	cancel context.CancelFunc
	stops  []func()
	page   *PageBase
}

// Busy reports whether the page waits for the services.
func (w *Window) Busy() bool { return w.task != nil }

// Wait runs work away from the UI and then, on the UI, what it returned, unless the page was left. why is the key of
// what is being waited for. A second call while one is under way does nothing: the person tapped twice. What work asks may be
// asked again as it was, without another effect: where the server is away, it is.
func (w *Window) Wait(why string, work func(ctx context.Context) (then func())) {
	w.wait(why, true, work)
}

// WaitOnce is Wait for what has an effect each time that it is asked, so that only the person asks again.
func (w *Window) WaitOnce(why string, work func(ctx context.Context) (then func())) {
	w.wait(why, false, work)
}

func (w *Window) wait(why string, repeats bool, work func(ctx context.Context) (then func())) {
	if w.task != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := &task{cancel: cancel, page: w.page.Base()}
	w.task = t
	w.again, w.repeats = func() { w.wait(why, repeats, work) }, repeats
	w.showWait(t, why)
	w.Run.Run(func() func() {
		then := work(ctx)
		return func() {
			if w.task != t {
				return
			}
			w.StopWaiting()
			t.page.answered()
			if then != nil {
				then()
			}
		}
	})
}

// showWait brings the signs of life onto the page, one after the other.
func (w *Window) showWait(t *task, why string) {
	b := t.page
	if !b.away.asking { // what is said of the server stays until there is an answer
		b.endAway()
		b.Quiet()
	}
	spinner := kit.NewSpinner()
	reason := kit.NewText(words.Text(why), kit.Muted)
	stop := kit.NewButton("page.stop_waiting", words.Text("button.stop_waiting"), kit.Link, w.GiveUp)
	t.stops = []func(){
		w.Run.After(lifeAfter, func() {
			if b.Primary != nil {
				b.Primary.SetBusy(true)
				return
			}
			spinner.Start()
			b.showWait(kit.NewLine(0, spinner))
		}),
		w.Run.After(wordsAfter, func() {
			spinner.Start()
			if b.StopSoon {
				b.showWait(kit.NewLine(12, spinner, reason), kit.NewLine(0, stop))
				return
			}
			b.showWait(kit.NewLine(12, spinner, reason))
		}),
		w.Run.After(OfferAfter, func() {
			reason.SetText(words.Text(why) + " " + words.Text("wait.long"))
			b.showWait(kit.NewLine(12, spinner, reason), kit.NewLine(0, stop))
		}),
		spinner.Stop,
	}
}

// GiveUp is the person's: they have waited enough.
func (w *Window) GiveUp() {
	if w.task == nil {
		return
	}
	b := w.task.page
	w.StopWaiting()
	b.endAway()
	b.Quiet()
	if b.GivenUp != nil {
		b.GivenUp()
	}
}

// StopWaiting ends the wait, whether it is over or was given up, and takes its signs off the page.
func (w *Window) StopWaiting() {
	t := w.task
	if t == nil {
		return
	}
	w.task = nil
	t.cancel()
	for _, stop := range t.stops {
		stop()
	}
	b := t.page
	b.showWait()
	if b.Primary != nil {
		b.Primary.SetBusy(false)
	}
}
