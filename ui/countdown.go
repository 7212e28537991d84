package ui

import "time"

// tickNow redraws what counts down on the page, and comes back with the next second while something does.
func (w *Window) tickNow() {
	if w.stopTick != nil {
		w.stopTick()
		w.stopTick = nil
	}
	s := w.screen.base()
	for _, count := range []func(){s.tick, s.paused} {
		if count != nil {
			count()
		}
	}
	if s.tick == nil && s.paused == nil {
		return
	}
	second := w.o.Clock().Truncate(time.Second).Add(time.Second)
	w.stopTick = w.o.Run.After(second.Sub(w.o.Clock()), w.tickNow)
}
