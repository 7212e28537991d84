package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// enrolScreen asks for the name of a finger that the key is to learn.
type enrolScreen struct {
	*sheet
	care *keyCare
	name *kit.Field
}

func newEnrol(c *keyCare, have []app.Fingerprint) *enrolScreen {
	s := &enrolScreen{sheet: newSheet(c.w, "keycare_enrol"), care: c, name: kit.NewField("keycare.finger_name", words.Text("keycare.finger_name"))}
	s.name.SetText(words.Text("keycare.finger_number", words.Values{"n": len(have) + 1}))
	s.name.OnChanged = func(string) { s.name.SetError("") }
	s.name.OnSubmitted = func(string) { s.onNext() }
	s.first = s.name.Entry()
	s.escape = func() { c.w.show(newFingers(c, have)) }
	s.next(words.Text("keycare.enrol_begin"), s.onNext)
	return s
}

func (s *enrolScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("keycare.add_finger"),
		Lead:    words.Text("keycare.enrol_lead"),
		Body:    []fyne.CanvasObject{s.name},
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.escape),
	})
}

func (s *enrolScreen) onNext() {
	name := strings.TrimSpace(s.name.Text())
	if name == "" {
		s.refuse(s.name, words.Text("keycare.finger_name_empty"))
		return
	}
	s.care.enrol(name)
}

// enrol has the key learn a finger, sample by sample.
func (c *keyCare) enrol(name string) {
	s := newSamples(c, name)
	c.w.show(s)
	s.begin()
}

// samplesScreen guides a finger from sample to sample.
type samplesScreen struct {
	*sheet
	care *keyCare
	name string
	stop context.CancelFunc
	now  *kit.Text       // what to do
	last *fyne.Container // how the sample before came out
}

func newSamples(c *keyCare, name string) *samplesScreen {
	s := &samplesScreen{sheet: newSheet(c.w, "keycare_samples"), care: c, name: name,
		now: kit.NewText(words.Text("keycare.sample_first"), kit.Subheading), last: kit.NewColumn(0)}
	s.last.Hide()
	s.leave = func() { s.stop() }
	s.escape = s.onBack
	return s
}

func (s *samplesScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("keycare.samples"),
		Lead:    words.Text("keycare.samples_lead"),
		Body:    append([]fyne.CanvasObject{s.now, s.last}, art(kit.KeyWaiting)...),
		Back:    kit.NewButton("page.cancel", words.Text("button.cancel"), kit.Link, s.onBack),
	})
}

// onBack leaves off, and looks what the key knows now.
func (s *samplesScreen) onBack() {
	s.stop()
	s.care.read(s.care.loadFingers, "")
}

// begin enrols the finger. The page has a way out of its own, so this is no wait as others are.
func (s *samplesScreen) begin() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	manager, access, name := s.w.o.KeyCare, s.care.access(), s.name
	s.w.o.Run.Follow(func(tell func(func())) {
		still := func(f func()) {
			tell(func() {
				if ctx.Err() == nil {
					f()
				}
			})
		}
		_, err := manager.EnrolFingerprint(ctx, access, name, func(f app.FingerSample) { still(func() { s.onSample(f) }) })
		access.PIN.Wipe() // before anybody hears that it is over
		still(func() { s.onEnd(err) })
	})
}

func (s *samplesScreen) onSample(f app.FingerSample) {
	if f.Left > 0 {
		s.now.SetText(words.Plural("keycare.sample_again", f.Left))
	}
	s.last.Objects = nil
	s.last.Hidden = f.Last == ""
	if f.Last != "" {
		kind := kit.NoteWarning
		if f.Last == app.SampleGood {
			kind = kit.NoteSuccess
		}
		s.last.Add(kit.NewNote(kind, words.Text("keycare.sample."+string(f.Last))))
	}
	s.redraw()
}

func (s *samplesScreen) onEnd(err error) {
	s.stop()
	if err == nil {
		s.care.read(s.care.loadFingers, words.Text("keycare.finger_added", words.Values{"name": s.name}))
		return
	}
	e := s.w.asError(err)
	if e.Code == app.CodeBadRequest {
		s.say(kit.NewNote(kit.NoteWarning, words.Text("keycare.finger_name_refused")))
		return
	}
	s.care.failed(s.sheet, e)
	s.note.Add(kit.NewLine(0, kit.NewButton("keycare.enrol_again", words.Text("button.retry"), kit.Secondary, func() { s.care.enrol(s.name) })))
	s.redraw()
}

func (s *samplesScreen) failed(e *app.Error) { s.care.failed(s.sheet, e) }
