package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// screen is a page: what it shows, and how it reacts to what goes wrong.
type screen interface {
	base() *sheet
	build() fyne.CanvasObject
	// failed shows a refusal where it belongs.
	failed(e *app.Error)
}

// sheet is what each page has beside its own.
type sheet struct {
	w       *Window
	name    string
	first   fyne.Focusable // gets the focus; nil for none
	primary *kit.Button
	fields  map[string]errorField // by the name that an error gives them
	enter   func()                // Enter where nothing has the focus
	escape  func()
	tick    func()          // once a second while the page is shown; nil when nothing counts down
	leave   func()          // when the page is left; nil for nothing
	asked   func()          // before the server is asked something; nil for nothing
	news    *fyne.Container // above the body: what happened on the way here
	note    *fyne.Container // below the body: what went wrong
	wait    *fyne.Container
	drawn   *kit.Page
	paused  func() // redraws a note that counts down; nil for none
	unhint  func() // keeps a hint that is due later from coming; nil for none
}

// errorField is a widget with a place for an error.
type errorField interface{ SetError(text string) }

func newSheet(w *Window, name string) *sheet {
	s := &sheet{w: w, name: name, news: kit.NewColumn(12), note: kit.NewColumn(12), wait: kit.NewColumn(4)}
	s.news.Hide()
	s.note.Hide()
	s.wait.Hide()
	return s
}

func (s *sheet) base() *sheet { return s }

// failed shows a refusal beside the field that caused it, otherwise in the note.
func (s *sheet) failed(e *app.Error) {
	if field, ok := s.fields[e.Field]; ok && e.RetryAt.IsZero() {
		s.refuse(field, s.w.refusal(e))
		return
	}
	s.warn(e)
}

// warn shows a refusal in the note: with a countdown when time mends it, with "Try again" when sending it again may.
func (s *sheet) warn(e *app.Error) {
	if !e.RetryAt.IsZero() && (e.Code == app.CodeThrottled || e.Code == app.CodeTooEarly) {
		s.pause(e)
		return
	}
	note := kit.NewNote(kit.NoteWarning, s.w.refusal(e))
	if again := s.w.again; again != nil && unknown(e.Code) {
		retry := kit.NewButton("page.retry", words.Text("button.retry"), kit.Secondary, again)
		s.say(note, kit.NewLine(0, retry), supportCode(e.Support))
		return
	}
	s.say(note)
}

// pause counts down to the next try, and keeps the primary button until then.
func (s *sheet) pause(e *app.Error) {
	note := kit.NewNote(kit.NoteWarning, "")
	s.say(note)
	s.paused = func() {
		note.SetText(s.w.refusal(e))
		over := !s.w.o.Clock().Before(e.RetryAt)
		s.enable(over)
		if over {
			s.paused = nil
			s.quiet()
		}
	}
	s.w.tickNow()
}

// say puts something into the note's place, in view.
func (s *sheet) say(parts ...fyne.CanvasObject) {
	s.note.Objects = present(parts)
	s.note.Show()
	s.redraw()
	if s.drawn != nil {
		s.drawn.ScrollTo(s.note)
	}
}

// hintAfter says below the body what helps, once a wait for something outside the window has taken this long.
func (s *sheet) hintAfter(d time.Duration, words string) {
	s.stopHint()
	s.unhint = s.w.o.Run.After(d, func() { s.say(kit.NewNote(kit.NoteInfo, words)) })
}

// stopHint is for when the wait is over.
func (s *sheet) stopHint() {
	if s.unhint != nil {
		s.unhint()
		s.unhint = nil
	}
}

// tell says above the body what happened on the way here.
func (s *sheet) tell(kind kit.NoteKind, words string) {
	s.news.Add(kit.NewNote(kind, words))
	s.news.Show()
	s.redraw()
	s.showFirst()
}

// showFirst brings what has the focus at first into view: in a low window, what stands above it may have pushed it out.
func (s *sheet) showFirst() {
	if first, ok := s.first.(fyne.CanvasObject); ok && s.drawn != nil {
		s.drawn.ScrollTo(first)
	}
}

// quiet takes the note away, and the errors beside the fields.
func (s *sheet) quiet() {
	for _, field := range s.fields {
		field.SetError("")
	}
	if s.note.Visible() && s.paused == nil {
		s.note.Objects = nil
		s.note.Hide()
		s.redraw()
	}
}

func (s *sheet) enable(on bool) {
	switch {
	case s.primary == nil:
	case on:
		s.primary.Enable()
	default:
		s.primary.Disable()
	}
}

// focus puts the focus on a widget, if it takes one.
func (s *sheet) focus(widget any) {
	switch f := widget.(type) {
	case interface{ Entry() fyne.Focusable }:
		s.w.win.Canvas().Focus(f.Entry())
	case fyne.Focusable:
		s.w.win.Canvas().Focus(f)
	}
}

// page lays out: the note and the wait stand below the page's own body.
func (s *sheet) page(p kit.PageSpec) fyne.CanvasObject {
	p.Body = append(append([]fyne.CanvasObject{s.news}, present(p.Body)...), s.note, s.wait)
	if p.Primary == nil && s.primary != nil {
		p.Primary = s.primary
	}
	s.drawn = kit.NewPage(p)
	return s.drawn
}

// present drops what isn't there.
func present(objects []fyne.CanvasObject) []fyne.CanvasObject {
	var there []fyne.CanvasObject
	for _, o := range objects {
		if o != nil {
			there = append(there, o)
		}
	}
	return there
}

// showWait puts the signs of a wait into their place; none takes them away.
func (s *sheet) showWait(parts ...fyne.CanvasObject) {
	s.wait.Objects = parts
	if len(parts) == 0 {
		s.wait.Hide()
	} else {
		s.wait.Show()
	}
	s.redraw()
}

// redraw lays the page out anew, once something on it came or went.
func (s *sheet) redraw() {
	if s.drawn != nil {
		s.drawn.Refresh()
	}
}
