package shell

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/ui/kit"
)

// Show puts a page into the shell, in place of the one before.
func (w *Window) Show(p Page) {
	w.leavePage()
	w.page = p
	w.frame.SetRail(w.rail())
	w.frame.SetPage(p.Base().draw(p.Build()))
	w.yieldHelp()
	if w.news != "" {
		w.Tell(kit.NoteInfo, w.news)
		w.news = ""
	}
	w.focusFirst()
	w.tickNow()
	w.shown()
}

// shown tells what stands around the frame that another page is in it.
func (w *Window) shown() {
	if w.env.OnShow != nil {
		w.env.OnShow()
	}
}

// Shown is the page at hand.
func (w *Window) Shown() Page { return w.page }

// Redraw draws the page at hand anew: it shows something else now.
func (w *Window) Redraw() {
	w.frame.SetPage(w.page.Base().draw(w.page.Build()))
	w.yieldHelp()
	w.focusFirst()
	w.shown()
}

// ShowInPlace is Show for a page that takes the place of one like it: what has the focus keeps it. told is a success to
// tell, empty for none.
func (w *Window) ShowInPlace(p Page, told string) {
	focused, _ := w.win.Canvas().Focused().(kit.Element)
	w.Show(p)
	if told != "" {
		w.Tell(kit.NoteSuccess, told)
	}
	if focused != nil {
		p.Base().Focus(kit.Find(w.Root(), focused.Key()))
	}
}

// Tell says above the body of the page at hand what happened on the way there.
func (w *Window) Tell(kind kit.NoteKind, news string) { w.page.Base().tell(kind, news) }

// TellNext has the next page tell something.
func (w *Window) TellNext(news string) { w.news = news }

// Fail shows on the page at hand what went wrong.
func (w *Window) Fail(err error) { w.page.Failed(w.AsError(err)) }

// Warn is Fail for what concerns nothing that stands on the page.
func (w *Window) Warn(err error) { w.page.Base().Warn(w.AsError(err)) }

// Paused reports whether the page at hand counts down to the next try.
func (w *Window) Paused() bool { return w.page.Base().paused != nil }

// BeforeAsk lets the page at hand end what it does by itself, before the server is asked something.
func (w *Window) BeforeAsk() {
	if end := w.page.Base().BeforeAsk; end != nil {
		end()
	}
}

// focusFirst puts the focus where the page wants it.
func (w *Window) focusFirst() {
	if first := w.page.Base().First; first != nil {
		w.win.Canvas().Focus(first)
	} else {
		w.win.Canvas().Unfocus()
	}
	w.page.Base().showFirst()
}

// leavePage cancels what the page waits for, and wipes what was typed.
func (w *Window) leavePage() {
	w.StopWaiting()
	if w.stopTick != nil {
		w.stopTick()
		w.stopTick = nil
	}
	if w.page == nil {
		return
	}
	b := w.page.Base()
	b.StopHint()
	if b.Leave != nil {
		b.Leave()
	}
}

// TypedKey gets the keys that nothing else took.
func (w *Window) TypedKey(key *fyne.KeyEvent) {
	b := w.page.Base()
	switch {
	case key.Name == fyne.KeyEscape && b.Escape != nil:
		b.Escape()
	case (key.Name == fyne.KeyReturn || key.Name == fyne.KeyEnter) && b.Enter != nil:
		b.Enter()
	}
}

// tickNow redraws what counts down on the page, and comes back with the next second while something does.
func (w *Window) tickNow() {
	if w.stopTick != nil {
		w.stopTick()
		w.stopTick = nil
	}
	b := w.page.Base()
	for _, count := range []func(){b.Tick, b.paused, b.away.count} {
		if count != nil {
			count()
		}
	}
	if b.Tick == nil && b.paused == nil && b.away.count == nil {
		return
	}
	second := w.Clock().Truncate(time.Second).Add(time.Second)
	w.stopTick = w.Run.After(second.Sub(w.Clock()), w.tickNow)
}
