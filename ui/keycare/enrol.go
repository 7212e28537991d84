package keycare

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// enrolPage asks for the name of a finger that the key is to learn.
type enrolPage struct {
	*shell.PageBase
	care *keyCare
	have []app.Fingerprint // what the key knows
	name *kit.Field
}

func newEnrol(c *keyCare, have []app.Fingerprint) *enrolPage {
	s := &enrolPage{PageBase: shell.NewPageBase(c.w, "keycare_enrol"), care: c, have: have, name: kit.NewField("keycare.finger_name", words.Text("keycare.finger_name"))}
	s.name.SetText(words.Text("keycare.finger_number", words.Values{"n": len(have) + 1}))
	s.name.OnChanged = func(string) { s.name.SetError("") }
	s.name.OnSubmitted = func(string) { s.onNext() }
	s.First = s.name.Entry()
	s.Escape = func() { c.w.Show(newFingers(c, have)) }
	s.SetNext(words.Text("keycare.enrol_begin"), s.onNext)
	return s
}

// Build implements shell.Page.
func (s *enrolPage) Build() kit.PageSpec {
	return kit.PageSpec{
		About:   s.care.name(),
		Heading: words.Text("keycare.add_finger"),
		Lead:    words.Text("keycare.enrol_lead"),
		Body:    []fyne.CanvasObject{s.name},
		Back:    kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.Escape),
	}
}

func (s *enrolPage) onNext() {
	name := typed.Name(s.name.Text())
	if name == "" {
		s.Refuse(s.name, words.Text("keycare.finger_name_empty"))
		return
	}
	s.care.enrol(name, s.have)
}

// enrol has the key learn a finger, sample by sample.
func (c *keyCare) enrol(name string, have []app.Fingerprint) {
	s := newSamples(c, name, have)
	c.w.Show(s)
	s.begin()
}

// samplesPage guides a finger from sample to sample.
type samplesPage struct {
	*shell.PageBase
	care *keyCare
	name string
	have []app.Fingerprint // what the key knew before
	stop context.CancelFunc
	now  *kit.Text       // what to do
	last *fyne.Container // how the sample before came out
}

func newSamples(c *keyCare, name string, have []app.Fingerprint) *samplesPage {
	s := &samplesPage{PageBase: shell.NewPageBase(c.w, "keycare_samples"), care: c, name: name, have: have,
		now: kit.NewText(words.Text("keycare.sample_first"), kit.Subheading), last: kit.NewColumn(0)}
	s.last.Hide()
	s.Leave = func() { s.stop() }
	s.Escape = s.onBack
	return s
}

// Build implements shell.Page.
func (s *samplesPage) Build() kit.PageSpec {
	return kit.PageSpec{
		About:   s.care.name(),
		Heading: words.Text("keycare.samples"),
		Lead:    words.Text("keycare.samples_lead"),
		Body:    append([]fyne.CanvasObject{s.now, s.last}, keyparts.Art(kit.KeyWaiting)...),
		Back:    kit.NewButton("page.cancel", words.Text("button.cancel"), kit.Link, s.onBack),
	}
}

// onBack leaves off, and looks what the key knows now.
func (s *samplesPage) onBack() {
	s.stop()
	s.care.read(s.care.loadFingers)
}

// begin enrols the finger. The page has a way out of its own, so this is no wait as others are.
func (s *samplesPage) begin() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.hint()
	manager, access, name := s.care.manager, s.care.access(), s.name
	s.Window.Run.Follow(func(tell func(func())) {
		still := func(f func()) {
			tell(func() {
				if ctx.Err() == nil {
					f()
				}
			})
		}
		made, err := manager.EnrolFingerprint(ctx, access, name, func(f app.FingerSample) { still(func() { s.onSample(f) }) })
		access.PIN.Wipe() // before anybody hears that it is over
		still(func() { s.onEnd(made, err) })
	})
}

// hint says what helps, once the key has said nothing for long.
func (s *samplesPage) hint() { s.HintAfter(keyparts.UntouchedAfter, words.Text("keycare.touch_late")) }

func (s *samplesPage) onSample(f app.FingerSample) {
	s.Quiet()
	s.hint()
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
	s.Refresh()
}

func (s *samplesPage) onEnd(made app.Fingerprint, err error) {
	s.stop()
	s.StopHint()
	if err == nil {
		c, done := s.care, words.Text("keycare.finger_added", words.Values{"name": s.name})
		if made.Name == "" {
			done = words.Text("keycare.finger_unnamed")
		}
		c.change(nil, c.loadFingers, func() shell.Page { return newFingers(c, append(slices.Clone(s.have), made)) }, done)
		return
	}
	e := s.Window.AsError(err)
	if e.Code == app.CodeBadRequest {
		s.Say(kit.NewNote(kit.NoteWarning, words.Text("keycare.finger_name_refused")))
		return
	}
	s.care.Failed(s.PageBase, e)
	s.AddNote(kit.NewLine(0, kit.NewButton("keycare.enrol_again", words.Text("button.retry"), kit.Secondary, func() { s.care.enrol(s.name, s.have) })))
}

// Failed implements shell.Page.
func (s *samplesPage) Failed(e *app.Error) { s.care.Failed(s.PageBase, e) }
