//go:build linux

package desktop

import (
	"slices"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// hours has a kiosk's time pass as fast as the test likes: what is put off comes by itself in its time, or at once as time is
// let pass over it. Everything is as in a real window otherwise.
type hours struct {
	shell.Background
	clock   tourClock
	put     []*putOff // by when it is due; on the UI alone
	working atomic.Int64
}

// putOff is something that is done later.
type putOff struct {
	due  time.Time
	f    func()
	stop func()
}

// into has the kiosk go by these hours.
func (h *hours) into(o *kiosk.Options) { o.Run, o.Clock = h, h.clock.Now }

// Run implements shell.Runner.
func (h *hours) Run(work func() func()) {
	h.working.Add(1)
	h.Background.Run(func() func() {
		then := work()
		return func() {
			defer h.working.Add(-1)
			if then != nil {
				then()
			}
		}
	})
}

// After implements shell.Runner.
func (h *hours) After(d time.Duration, f func()) func() {
	p := &putOff{due: h.clock.Now().Add(d), f: f}
	p.stop = h.Background.After(d, func() { h.do(p) })
	at, _ := slices.BinarySearchFunc(h.put, p, func(a, b *putOff) int {
		if a.due.After(b.due) {
			return 1
		}
		return -1 // what is due at the same time stays in its order
	})
	h.put = slices.Insert(h.put, at, p)
	return func() { h.drop(p) }
}

// drop takes something out that was put off.
func (h *hours) drop(p *putOff) {
	p.stop()
	h.put = slices.DeleteFunc(h.put, func(o *putOff) bool { return o == p })
}

func (h *hours) do(p *putOff) {
	h.drop(p)
	p.f()
}

// pass lets time pass, with all that comes meanwhile.
func (h *hours) pass(d time.Duration) {
	until := h.clock.Now().Add(d)
	for len(h.put) > 0 && !h.put[0].due.After(until) {
		if ahead := h.put[0].due.Sub(h.clock.Now()); ahead > 0 {
			h.clock.pass(ahead)
		}
		h.do(h.put[0])
	}
	if ahead := until.Sub(h.clock.Now()); ahead > 0 {
		h.clock.pass(ahead)
	}
}

// frame returns once everything that was done before is drawn. Call it away from the UI.
func frame() {
	ticked := make(chan struct{}, 1)
	next := fyne.NewAnimation(time.Hour, func(float32) {
		select {
		case ticked <- struct{}{}:
		default:
		}
	})
	kit.DoAndWait(next.Start)
	<-ticked
	kit.DoAndWait(next.Stop) // after the frame, at whose beginning it ticked
}
