package shell

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// The wait before the server is asked again: a time between none and a longest one, which doubles from try to try (full
// jitter), so that a crowd whose server was away does not come back as one. No wait is shorter than can be read.
const (
	awayShortest = time.Second
	awayFirst    = 2 * time.Second
	awayLongest  = time.Minute
)

// away is what a page does while what it asked gets no answer.
type away struct {
	tries  int    // in a row
	asking bool   // it is being asked again
	count  func() // redraws the time until the next try; nil while none is due
}

// ComesBack reports whether a failure may pass by itself. A certificate, a version or a password of a proxy's is for somebody to
// mend: asking again by itself would only make it look as if waiting helped.
func ComesBack(e *app.Error) bool {
	reason := e.Params["reason"]
	switch {
	case e.Code == app.CodeUnavailable:
		return true
	case e.Code != app.CodeOffline || strings.HasPrefix(reason, "certificate"):
		return false
	}
	return !slices.Contains([]string{"address", "cancelled", "handshake", "proxy_password"}, reason)
}

// UntilNextTry is how long to wait after so many tries that had no answer, the last one not counted.
func (w *Window) UntilNextTry(tries int) time.Duration {
	return max(awayShortest, w.jitter(min(awayLongest, awayFirst<<min(tries, 8))))
}

// askLater says what is wrong, counts down, and asks again what was asked, as it was, until there is an answer. The person may
// skip the wait, or type something else: what was typed stays, and is no longer sent by itself.
func (b *PageBase) askLater(e *app.Error, again func()) {
	w := b.Window
	at := w.Clock().Add(w.UntilNextTry(b.away.tries))
	first := b.away.tries == 0
	b.away.tries++
	given := kit.Given(b.drawn)
	ask := func() {
		if w.page.Base() == b && !w.Busy() { // which nobody has left meanwhile
			b.away.count, b.away.asking = nil, true
			again()
		}
	}
	when := kit.NewText("", kit.Muted)
	retry := kit.NewButton("page.retry", words.Text("button.retry_now"), kit.Secondary, ask)
	b.placeNote(kit.NewNote(kit.NoteWarning, w.Refusal(e)), kit.NewLine(16, retry, when), b.otherHelp(), SupportCode(e.Support))
	if first {
		b.ScrollTo(b.note)
	}
	b.away.count = func() {
		now := w.Clock()
		switch {
		case !slices.Equal(given, kit.Given(b.drawn)):
			b.endAway()
			b.placeNote(kit.NewNote(kit.NoteWarning, w.Refusal(e)), b.otherHelp(), SupportCode(e.Support))
		case b.overdue(now):
			b.away.count = nil
			w.Run.After(0, func() {
				if w.page.Base() == b && !w.Busy() {
					b.Overdue()
				}
			})
		case now.Before(at):
			when.SetText(words.Text("away.again", words.Values{"when": words.Until(now, at)}))
		default:
			b.away.count = nil
			when.SetText(words.Text("away.now"))
			w.Run.After(0, ask)
		}
	}
	w.tickNow()
}

// overdue reports whether it is too late to ask again.
func (b *PageBase) overdue(now time.Time) bool {
	return b.AskUntil != nil && !b.AskUntil().IsZero() && !now.Before(b.AskUntil())
}

// answered takes away what was said of the server: there is an answer, which may say the same again.
func (b *PageBase) answered() {
	if b.away.asking {
		b.away.asking = false
		b.Quiet()
	}
}

// endAway begins anew: something else is asked, or nothing any more.
func (b *PageBase) endAway() { b.away = away{} }

// placeNote is Say without bringing it into view. Who was on the button to try again stays there.
func (b *PageBase) placeNote(parts ...fyne.CanvasObject) {
	canvas := b.Window.win.Canvas()
	held, _ := canvas.Focused().(kit.Element)
	b.note.Objects = present(parts)
	b.note.Show()
	b.Refresh()
	if held == nil || held.Key() != "page.retry" {
		return
	}
	if retry, there := kit.Find(b.note, "page.retry").(fyne.Focusable); there {
		canvas.Focus(retry)
	}
}

// otherHelp is the help desk where the page wants it, or the rail shows something else in its place; nil otherwise, and where the
// body names it.
func (b *PageBase) otherHelp() fyne.CanvasObject {
	v := b.Window.visit
	if b.shows(b.help) || !b.ShowHelp && (v == nil || v.Rail().Foot == nil) {
		return nil
	}
	b.noteHelp = HelpCard(b.Window.Org.HelpDesk)
	return b.noteHelp
}
