package kiosk

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// How staff ask for their page: so many taps on the upper left corner within so long.
const (
	cornerTaps   = 5
	cornerWithin = 4 * time.Second
)

// corner counts taps. The zero value has none.
type corner struct{ taps []time.Time }

// tap counts one, and reports whether it was the last of enough.
func (c *corner) tap(now time.Time) bool {
	c.taps = append(c.taps, now)
	if len(c.taps) > cornerTaps {
		c.taps = c.taps[1:]
	}
	if len(c.taps) < cornerTaps || now.Sub(c.taps[0]) > cornerWithin {
		return false
	}
	c.taps = nil
	return true
}

// onCorner leads staff to their page.
func (k *Kiosk) onCorner() {
	if k.o.Guard == nil || !k.corner.tap(k.w.Clock()) {
		return
	}
	k.w.Home() // whoever was here is forgotten first
	k.w.StopWaiting()
	k.w.Show(newStaff(k))
}

// staffPage asks for the PIN by which staff leave, and tells them how the station is.
type staffPage struct {
	*shell.PageBase
	kiosk *Kiosk
	pin   *kit.Field
	facts *fyne.Container
}

func newStaff(k *Kiosk) *staffPage {
	s := &staffPage{PageBase: shell.NewPageBase(k.w, "kiosk_staff"), kiosk: k,
		pin: kit.NewField("kiosk.pin", words.Text("kiosk.pin.label")), facts: kit.NewColumn(6)}
	s.pin.SetPassword(words.Text("field.many_lines"))
	s.pin.SetDigits()
	s.pin.OnChanged = func(string) { s.pin.SetError("") }
	s.pin.OnSubmitted = func(string) { s.onNext() }
	s.Escape = k.w.Home
	s.Leave = func() { s.pin.SetText("") }
	if k.o.Guard.Set() {
		s.First = s.pin.Entry()
		s.SetNext(words.Text("kiosk.pin.button"), s.onNext)
	}
	s.tellFacts()
	return s
}

// Build implements shell.Page.
func (s *staffPage) Build() kit.PageSpec {
	ask := fyne.CanvasObject(s.pin)
	if !s.kiosk.o.Guard.Set() {
		ask = kit.NewNote(kit.NoteInfo, words.Text("kiosk.pin.none"))
	}
	return kit.PageSpec{
		Heading: words.Text("kiosk.staff.heading"), Lead: words.Text("kiosk.staff.lead"),
		Body: []fyne.CanvasObject{ask, s.facts},
		Back: kit.NewButton("page.home", words.Text("button.back"), kit.Link, s.Window.Home),
	}
}

// tellFacts finds out how the station is.
func (s *staffPage) tellFacts() {
	facts := s.kiosk.o.Facts
	if facts == nil {
		return
	}
	s.Window.Run.Run(func() func() {
		lines := facts()
		return func() {
			for _, f := range lines {
				s.facts.Add(kit.NewText(words.Text("kiosk.fact", words.Values{"name": f.Name, "value": f.Value}), kit.Small))
			}
			s.Refresh()
		}
	})
}

func (s *staffPage) onNext() {
	if s.pin.Text() == "" {
		s.Refuse(s.pin, words.Text("kiosk.pin.empty"))
		return
	}
	k, pin := s.kiosk, app.NewSecret(s.pin.Text())
	s.pin.SetText("")
	k.w.WaitOnce("wait.other", func(context.Context) func() {
		right, next, err := k.o.Guard.Try(pin)
		return func() { s.tried(right, next, err) }
	})
}

// tried takes what became of a PIN.
func (s *staffPage) tried(right bool, next time.Time, err error) {
	switch now := s.Window.Clock(); {
	case err != nil:
		s.Refuse(s.pin, err.Error())
	case right && s.kiosk.o.Leave != nil:
		s.kiosk.o.Leave()
	case next.After(now):
		s.Refuse(s.pin, words.Text("kiosk.pin.wait", words.Values{"when": words.Until(now, next)}))
	default:
		s.Refuse(s.pin, words.Text("kiosk.pin.wrong"))
	}
}
