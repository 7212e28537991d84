package shell

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/ui/kit"
)

// Page is what the window shows: what stands on it, and how it reacts to what goes wrong.
type Page interface {
	Base() *PageBase
	// Build gives what stands on the page now. The window lays it out.
	Build() kit.PageSpec
	// Failed shows a refusal where it belongs.
	Failed(e *app.Error)
}

// PageBase is what each page has beside its own. A page embeds it.
type PageBase struct {
	Window    *Window
	Name      string
	First     fyne.Focusable // gets the focus; nil for none
	Primary   *kit.Button
	Fields    map[string]ErrorField // by the name that an error gives them
	Enter     func()                // Enter where nothing has the focus
	Escape    func()
	Tick      func()           // once a second while the page is shown; nil when nothing counts down
	Leave     func()           // when the page is left; nil for nothing
	BeforeAsk func()           // before the server is asked something; nil for nothing
	GivenUp   func()           // when the person has waited enough; nil for nothing
	AskUntil  func() time.Time // when what the page asks comes to nothing any more; nil, or a zero time, for never
	Overdue   func()           // then; set where AskUntil is
	ShowHelp  bool             // what says that the server is away names the help desk, in place of the rail
	StopSoon  bool             // what is waited for can be stopped as soon as it is named

	news  *fyne.Container // above the body: what happened on the way here
	note  *fyne.Container // below the body: what went wrong
	wait  *fyne.Container
	drawn *kit.Page

	help, noteHelp fyne.CanvasObject // cards that name the help desk, in the body and in the note; they may stand there no more

	away   away
	queued int    // how often the page stood in a queue, one time after the other
	paused func() // redraws a note that counts down; nil for none
	unhint func() // keeps a hint that is due later from coming; nil for none
}

// ErrorField is a widget with a place for an error.
type ErrorField interface{ SetError(text string) }

// NewPageBase begins a page.
func NewPageBase(w *Window, name string) *PageBase {
	b := &PageBase{Window: w, Name: name, news: kit.NewColumn(12), note: kit.NewColumn(12), wait: kit.NewColumn(4)}
	b.news.Hide()
	b.note.Hide()
	b.wait.Hide()
	return b
}

// Base implements Page.
func (b *PageBase) Base() *PageBase { return b }

// SetNext makes the primary button of a page, as most pages have it; Enter does the same.
func (b *PageBase) SetNext(label string, onTap func()) { b.SetPrimary("page.next", label, onTap) }

// SetPrimary is SetNext for a page whose primary button has a key of its own.
func (b *PageBase) SetPrimary(key, label string, onTap func()) {
	b.Enter = onTap
	b.Primary = kit.NewButton(key, label, kit.Primary, onTap)
}

// Enable lets the primary button be tapped, or not.
func (b *PageBase) Enable(on bool) {
	switch {
	case b.Primary == nil:
	case on:
		b.Primary.Enable()
	default:
		b.Primary.Disable()
	}
}

// Focus puts the focus on a widget, if it takes one.
func (b *PageBase) Focus(widget any) {
	switch f := widget.(type) {
	case interface{ Entry() fyne.Focusable }:
		b.Window.win.Canvas().Focus(f.Entry())
	case fyne.Focusable:
		b.Window.win.Canvas().Focus(f)
	}
}

// showFirst brings what has the focus at first into view: in a low window, what stands above it may have pushed it out.
func (b *PageBase) showFirst() {
	if first, ok := b.First.(fyne.CanvasObject); ok {
		b.ScrollTo(first)
	}
}

// ScrollTo brings something on the page into view.
func (b *PageBase) ScrollTo(o fyne.CanvasObject) {
	if b.drawn != nil {
		b.drawn.ScrollTo(o)
	}
}

// Reset takes off the page what Build puts there, for a page that shows something else now: its fields, its button, what
// was said below the body, and what counts down to be said.
func (b *PageBase) Reset() {
	b.StopHint()
	b.Primary, b.Enter, b.First, b.Fields = nil, nil, nil, nil
	b.queued, b.paused, b.note.Objects = 0, nil, nil
	b.endAway()
	b.note.Hide()
}

// draw lays out: the note and the wait stand below the page's own body.
func (b *PageBase) draw(p kit.PageSpec) fyne.CanvasObject {
	p.Body = append(append([]fyne.CanvasObject{b.news}, present(p.Body)...), b.note, b.wait)
	if p.Primary == nil && b.Primary != nil {
		p.Primary = b.Primary
	}
	b.drawn = kit.NewPage(p)
	return b.drawn
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
func (b *PageBase) showWait(parts ...fyne.CanvasObject) {
	b.wait.Objects = parts
	if len(parts) == 0 {
		b.wait.Hide()
	} else {
		b.wait.Show()
	}
	b.Refresh()
}

// Refresh lays the page out anew, once something on it came or went.
func (b *PageBase) Refresh() {
	if b.drawn == nil {
		return
	}
	b.drawn.Refresh()
	if b.Window.page.Base() == b {
		b.Window.yieldHelp()
	}
}
