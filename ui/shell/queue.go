package shell

import (
	"encoding/binary"
	"io"
	"time"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// queue counts down and then sends what was sent again, as it was, until it is taken or the person has had enough. What was
// typed stays. Nobody comes back at the very moment that the server named: a crowd that does is a crowd again.
func (b *PageBase) queue(e *app.Error) {
	w := b.Window
	again, now := w.again, w.Clock()
	at := *e
	at.RetryAt = e.RetryAt.Add(w.jitter(max(e.RetryAt.Sub(now), time.Second) << min(b.queued, mostDoubled)))
	b.queued++
	note := kit.NewNote(kit.NoteInfo, "")
	b.Say(note, kit.NewLine(0, kit.NewButton("page.leave_queue", words.Text("button.stop_waiting"), kit.Link, func() { b.leaveQueue(e) })))
	b.paused = func() {
		note.SetText(w.Refusal(&at))
		over := !w.Clock().Before(at.RetryAt)
		b.Enable(over)
		if over {
			b.paused = nil
			b.Quiet()
			w.Run.After(0, func() {
				if w.page.Base() == b { // which nobody has left meanwhile
					again()
				}
			})
		}
	}
	w.tickNow()
}

// mostDoubled is how often the longest wait doubles.
const mostDoubled = 4

// leaveQueue stops trying again by itself. What was typed stays, and can be sent by hand.
func (b *PageBase) leaveQueue(e *app.Error) {
	b.queued, b.paused = 0, nil
	b.Enable(true)
	b.Warn(&app.Error{Code: e.Code, Support: e.Support})
}

// jitter is a time between none and the longest.
func (w *Window) jitter(longest time.Duration) time.Duration {
	var raw [8]byte
	if _, err := io.ReadFull(w.env.Rand, raw[:]); err != nil {
		return longest
	}
	return time.Duration(binary.BigEndian.Uint64(raw[:]) % uint64(longest))
}
