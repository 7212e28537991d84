package ui

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
	offerAfter = 10 * time.Second
)

// task is a wait for the services. There is one at a time: the page's.
type task struct {
	cancel context.CancelFunc
	stops  []func()
	screen screen
}

// wait runs work away from the UI and then, on the UI, what it returned, unless the page was left. why is the key of
// what is being waited for. A second call while one is under way does nothing: the person tapped twice.
func (w *Window) wait(why string, work func(ctx context.Context) (then func())) {
	if w.task != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	t := &task{cancel: cancel, screen: w.screen}
	w.task = t
	w.again = func() { w.wait(why, work) }
	w.showWait(t, why)
	w.o.Run.Run(func() func() {
		then := work(ctx)
		return func() {
			if w.task != t {
				return
			}
			w.stopWaiting()
			if then != nil {
				then()
			}
		}
	})
}

// showWait brings the signs of life onto the page, one after the other.
func (w *Window) showWait(t *task, why string) {
	s := t.screen.base()
	s.quiet()
	spinner := kit.NewSpinner()
	reason := kit.NewText(words.Text(why), kit.Muted)
	stop := kit.NewButton("page.stop_waiting", words.Text("button.stop_waiting"), kit.Link, w.stopWaiting)
	t.stops = []func(){
		w.o.Run.After(lifeAfter, func() {
			if s.primary != nil {
				s.primary.SetBusy(true)
				return
			}
			spinner.Start()
			s.showWait(kit.NewLine(0, spinner))
		}),
		w.o.Run.After(wordsAfter, func() {
			spinner.Start()
			s.showWait(kit.NewLine(12, spinner, reason))
		}),
		w.o.Run.After(offerAfter, func() {
			reason.SetText(words.Text(why) + " " + words.Text("wait.long"))
			s.showWait(kit.NewLine(12, spinner, reason), kit.NewLine(0, stop))
		}),
		spinner.Stop,
	}
}

// stopWaiting ends the wait, whether it is over or was given up, and takes its signs off the page.
func (w *Window) stopWaiting() {
	t := w.task
	if t == nil {
		return
	}
	w.task = nil
	t.cancel()
	for _, stop := range t.stops {
		stop()
	}
	s := t.screen.base()
	s.showWait()
	if s.primary != nil {
		s.primary.SetBusy(false)
	}
}
