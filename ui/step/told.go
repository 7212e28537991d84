package step

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// told says on a page what became of the message that carries its code, or of its call, as far as the server tells it.
type told struct {
	flow    *flow
	channel app.Kind
	quiet   bool // the page says by itself how things stand while all goes well
	place   *fyne.Container
	spinner *kit.Spinner
	shown   app.Delivery
}

func newTold(f *flow, channel app.Kind) *told {
	return &told{flow: f, channel: channel, place: kit.NewColumn(0), spinner: kit.NewSmallSpinner()}
}

// show brings the place up to date, and reports whether it changed.
func (t *told) show(now app.Delivery, handed time.Time) bool {
	if now == t.shown {
		return false
	}
	t.shown = now
	t.spinner.Stop()
	t.place.Objects = nil
	if says := t.says(handed); says != nil {
		t.place.Objects = []fyne.CanvasObject{says}
	}
	t.place.Refresh()
	return true
}

// says is what stands there; nil for nothing.
func (t *told) says(handed time.Time) fyne.CanvasObject {
	call := t.channel == app.KindVoice
	switch {
	case t.shown.Failed():
		return kit.NewNote(kit.NoteWarning, words.Text(failures[t.channel])+" "+t.wayOut())
	case t.shown == app.DeliveryLate:
		return kit.NewNote(kit.NoteWarning, words.Text("told.late")+" "+t.wayRound())
	case t.quiet:
		return nil
	case t.shown == app.DeliveryOnItsWay:
		t.spinner.Start()
		return kit.NewLine(10, t.spinner, kit.NewText(t.text(handed), kit.Muted))
	case t.shown == app.DeliveryArrived && !call:
		return mark(kit.IconCheck, kit.ColorSuccess, t.text(handed), kit.Success)
	case t.shown == app.DeliveryTaken || t.shown == app.DeliveryArrived:
		return mark(kit.IconClock, kit.ColorMuted, t.text(handed), kit.Muted)
	}
	return nil
}

// text is the line while all goes well; of a code that replaced another it says so.
func (t *told) text(handed time.Time) string {
	at, call := words.Values{"time": words.Clock(t.flow.local(handed))}, t.channel == app.KindVoice
	anew := t.flow.Notice != nil && t.flow.Notice.Code == app.NoticeCodeResent
	pick := func(first, again string) string { // both stand in the texts, with their names
		if anew {
			return words.Text(again, at)
		}
		return words.Text(first, at)
	}
	switch {
	case t.shown == app.DeliveryOnItsWay && call:
		return pick("told.calling", "told.calling_again")
	case t.shown == app.DeliveryOnItsWay:
		return pick("told.on_its_way", "notice.code_resent")
	case call:
		return pick("told.called", "told.called_again")
	case t.shown == app.DeliveryArrived:
		return pick("told.arrived", "told.arrived_again")
	}
	return pick("told.taken", "told.taken_again")
}

func mark(icon kit.Icon, color fyne.ThemeColorName, text string, style kit.TextStyle) fyne.CanvasObject {
	return kit.NewLine(10, kit.NewMark(icon, 20, color), kit.NewText(text, style))
}

// failures say that a message will not arrive.
var failures = map[app.Kind]string{
	app.KindEmail: "told.failed.email", app.KindSMS: "told.failed.sms", app.KindVoice: "told.failed.voice",
}

// wayOut says what to do when nothing will come.
func (t *told) wayOut() string {
	call := t.channel == app.KindVoice
	switch {
	case len(t.flow.Others) > 0 && call:
		return words.Text("told.out.another_call")
	case len(t.flow.Others) > 0:
		return words.Text("told.out.another")
	case t.flow.CanBack:
		return words.Text("told.out.back")
	case call:
		return words.Text("told.out.call")
	}
	return words.Text("told.out.again")
}

// wayRound says what to do while it is late.
func (t *told) wayRound() string {
	if len(t.flow.Others) > 0 {
		return words.Text("told.round.another")
	}
	return words.Text("told.round.wait")
}

// stop ends what moves.
func (t *told) stop() { t.spinner.Stop() }

// How long after its provider took a text or a call that provider may still say what became of it, and how often that is asked.
// Nobody says it of mails.
const (
	receiptWait = 2 * time.Minute
	askSeldom   = 5 * time.Second
)

// askAfter is after how long the flow is read again to learn what becomes of a message; 0 for not at all.
func (f *flow) askAfter(channel app.Kind, d app.Delivery, handed time.Time) time.Duration {
	switch d {
	case app.DeliveryOnItsWay:
		return askEvery
	case app.DeliveryLate:
		return askSeldom
	case app.DeliveryTaken:
		if channel != app.KindEmail && f.w.Clock().Sub(f.local(handed)) < receiptWait {
			return askSeldom
		}
	}
	return 0
}
