package shell

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// Failed shows a refusal beside the field that caused it, otherwise in the note.
func (b *PageBase) Failed(e *app.Error) {
	if field, ok := b.Fields[e.Field]; ok && e.RetryAt.IsZero() {
		b.Refuse(field, b.Window.Refusal(e))
		return
	}
	b.Warn(e)
}

// Refuse shows beside its field what is wrong with what was typed, and puts the focus there.
func (b *PageBase) Refuse(field ErrorField, why string) {
	field.SetError(why)
	b.Focus(field)
	if o, ok := field.(fyne.CanvasObject); ok {
		b.ScrollTo(o)
	}
}

// Warn shows a refusal in the note: with a countdown when time mends it, with "Try again" when sending it again may.
func (b *PageBase) Warn(e *app.Error) {
	if !e.RetryAt.IsZero() && (e.Code == app.CodeThrottled || e.Code == app.CodeTooEarly) {
		b.pause(e)
		return
	}
	if e.Code == app.CodeBusy && !e.RetryAt.IsZero() && b.Window.again != nil {
		b.queue(e)
		return
	}
	if b.Window.again != nil && b.Window.repeats && ComesBack(e) {
		b.askLater(e, b.Window.again)
		return
	}
	note := kit.NewNote(kit.NoteWarning, b.Window.Refusal(e))
	if again := b.Window.again; again != nil && FateUnknown(e.Code) {
		retry := kit.NewButton("page.retry", words.Text("button.retry"), kit.Secondary, again)
		b.Say(note, kit.NewLine(0, retry), b.otherHelp(), SupportCode(e.Support))
		return
	}
	b.Say(note)
}

// pause counts down to the next try, and keeps the primary button until then.
func (b *PageBase) pause(e *app.Error) {
	note := kit.NewNote(kit.NoteWarning, "")
	b.Say(note)
	b.paused = func() {
		note.SetText(b.Window.Refusal(e))
		over := !b.Window.Clock().Before(e.RetryAt)
		b.Enable(over)
		if over {
			b.paused = nil
			b.Quiet()
		}
	}
	b.Window.tickNow()
}

// Say puts something into the note's place, in view.
func (b *PageBase) Say(parts ...fyne.CanvasObject) {
	b.note.Objects = present(parts)
	b.note.Show()
	b.Refresh()
	b.ScrollTo(b.note)
}

// AddNote puts one thing more below what was said.
func (b *PageBase) AddNote(part fyne.CanvasObject) {
	b.note.Add(part)
	b.note.Show()
	b.Refresh()
}

// tell says above the body what happened on the way here.
func (b *PageBase) tell(kind kit.NoteKind, news string) {
	b.news.Add(kit.NewNote(kind, news))
	b.news.Show()
	b.Refresh()
	b.showFirst()
}

// HintAfter says below the body what helps, once a wait for something outside the window has taken this long.
func (b *PageBase) HintAfter(d time.Duration, hint string) {
	b.StopHint()
	b.unhint = b.Window.Run.After(d, func() { b.Say(kit.NewNote(kit.NoteInfo, hint)) })
}

// StopHint is for when the wait is over.
func (b *PageBase) StopHint() {
	if b.unhint != nil {
		b.unhint()
		b.unhint = nil
	}
}

// Quiet takes the note away, and the errors beside the fields.
func (b *PageBase) Quiet() {
	for _, field := range b.Fields {
		field.SetError("")
	}
	b.away.count = nil
	if b.note.Visible() && b.paused == nil {
		b.note.Objects = nil
		b.note.Hide()
		b.Refresh()
	}
}
