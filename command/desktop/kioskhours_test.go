//go:build linux

package desktop

import (
	"context"
	"reflect"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"

	"github.com/sparekey/sparekey/ui/kiosk"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// hours has a kiosk's time pass as fast as the test likes: what is put off comes by itself in its time, or at once as time is
// let pass over it. Everything is as in a real window otherwise.
type hours struct {
	shell.Background
	clock    tourClock
	toolkit  tourClock     // by which the toolkit lets go of what it drew and no longer shows
	drawn    time.Time     // when pass has drawn last; on the UI alone
	put      []*putOff     // by when it is due; on the UI alone
	working  atomic.Int64  // what goes on away from the UI
	happened chan struct{} // holds one once something was done on the UI that had gone on, or waited, away from it
}

// putOff is something that is done later.
type putOff struct {
	due  time.Time
	f    func()
	stop func()
}

// newHours has the toolkit's time pass with a kiosk's. Call it before there is a window.
func newHours() *hours {
	h := &hours{happened: make(chan struct{}, 1)}
	toolkitNow = h.toolkit.Now
	return h
}

// into has the kiosk go by these hours.
func (h *hours) into(o *kiosk.Options) { o.Run, o.Clock = h, h.clock.Now }

// happen tells whoever waits for it that something was done.
func (h *hours) happen() {
	select {
	case h.happened <- struct{}{}:
	default:
	}
}

// Run implements shell.Runner.
func (h *hours) Run(work func() func()) {
	h.working.Add(1)
	h.Background.Run(func() func() {
		then := work()
		return func() {
			defer h.happen()
			defer h.working.Add(-1)
			if then != nil {
				then()
			}
		}
	})
}

// Await implements shell.Runner.
func (h *hours) Await(ctx context.Context, changed <-chan struct{}, f func()) {
	h.Background.Await(ctx, changed, func() { defer h.happen(); f() })
}

// Follow implements shell.Runner.
func (h *hours) Follow(work func(tell func(f func()))) {
	h.Background.Follow(func(tell func(func())) {
		work(func(f func()) { tell(func() { defer h.happen(); f() }) })
	})
}

// After implements shell.Runner.
func (h *hours) After(d time.Duration, f func()) func() {
	p := &putOff{due: h.clock.Now().Add(d), f: f}
	p.stop = h.Background.After(d, func() { defer h.happen(); h.do(p) })
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

// pass lets time pass, with all that comes meanwhile, which is drawn now and then. Call it away from the UI.
func (h *hours) pass(d time.Duration, on fyne.Canvas) {
	until := h.clock.Now().Add(d)
	for more := true; more; {
		kit.DoAndWait(func() {
			more = h.next(until)
			if undrawn := h.clock.Now().Sub(h.drawn); more && undrawn >= toolkitStride/2 {
				h.drawn = h.clock.Now()
				h.toolkit.pass(min(undrawn, toolkitStride))
				on.(interface{ SetDirty() }).SetDirty() // so that the toolkit takes what is shown for used
				tick()
			}
		})
	}
}

// next lets time pass until something is due that was put off, and does it; until the end where nothing is, which it reports.
func (h *hours) next(until time.Time) (more bool) {
	if more = len(h.put) > 0 && !h.put[0].due.After(until); more {
		until = h.put[0].due
	}
	if ahead := until.Sub(h.clock.Now()); ahead > 0 {
		h.clock.pass(ahead)
	}
	if more {
		h.do(h.put[0])
	}
	return more
}

// look looks with a frame whenever something has happened, and as often as the toolkit does, until what it looks for is seen; it
// reports whether it was, before patience was over. Call it away from the UI, one at a time.
func (h *hours) look(seen func() bool) bool {
	frames := time.NewTicker(time.Second / 60)
	defer frames.Stop()
	for late := time.Now().Add(patience); ; {
		frame()
		if seen() {
			return true
		}
		if time.Now().After(late) {
			return false
		}
		select {
		case <-h.happened:
		case <-frames.C:
		}
	}
}

// settle returns once what goes on away from the UI is over. Call it away from the UI, one at a time.
func (h *hours) settle() {
	for h.working.Load() > 0 {
		<-h.happened
	}
}

// toolkitStride is the most that the toolkit's time passes from one frame to the next: less than half of how long it keeps what it drew
// (toolkitKeeps), since it notes with each frame what is shown, by the time of the frame before, and looks by that of the next.
const toolkitStride = 6 * time.Second

// toolkitNow is the clock of the toolkit's caches, which it has for its own tests. By the system's, what a crowd was shown within
// seconds would be kept together, and the collector would go through all of it, again and again.
//
//go:linkname toolkitNow fyne.io/fyne/v2/internal/cache.timeNow
var toolkitNow func() time.Time

// drawFrame is the part of the toolkit's loop that draws what has changed.
//
//go:linkname drawFrame fyne.io/fyne/v2/internal/driver/glfw.(*gLDriver).drawSingleFrame
func drawFrame(driver unsafe.Pointer)

// frame returns once everything that was done before has had its effect and is drawn: the toolkit would do that with the next
// sixtieth of a second. Call it away from the UI.
func frame() { kit.DoAndWait(tick) }

// tick is a turn of the toolkit's loop, on the UI.
func tick() {
	glfw.PollEvents()
	drawFrame(reflect.ValueOf(fyne.CurrentApp().Driver()).UnsafePointer())
}
