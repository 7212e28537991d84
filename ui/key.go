package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// keyScreen has a security key used: it waits for one to be plugged in, talks to it (keyRun), and sends what it made.
type keyScreen struct {
	*sheet
	talk  *conversation
	step  app.UseKey
	face  func() kit.PageSpec // what the page shows now
	watch context.CancelFunc
	here  []app.KeyInfo // what is plugged in
	run   *keyRun       // the conversation under way; nil for none
	fresh bool          // the page speaks of a key that was not tried yet
	sent  bool          // the answer is on its way
	held  bool          // what is plugged in now was tried already
	// spent are the keys that don't begin a conversation by themselves, since one with them has failed.
	spent map[app.KeyID]bool
}

func newKey(c *conversation, step app.UseKey) *keyScreen {
	s := &keyScreen{sheet: newStepSheet(c), talk: c, step: step}
	s.face, s.leave, s.asked = s.plugIn, s.close, s.giveUp
	if c.w.o.Keys == nil {
		s.face = s.unsupported
		return s
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.watch = cancel
	keys := c.w.o.Keys
	c.w.o.Run.Follow(func(tell func(func())) {
		for here := range keys.Watch(ctx) {
			tell(func() {
				if ctx.Err() == nil {
					s.onKeys(here)
				}
			})
		}
	})
	return s
}

func (s *keyScreen) build() fyne.CanvasObject {
	spec := s.face()
	spec.Back, spec.Secondary = s.talk.ways(), s.talk.another()
	return s.page(spec)
}

// turn shows another face. What was typed into the one before is gone.
func (s *keyScreen) turn(face func() kit.PageSpec) {
	s.wipe()
	s.stopHint()
	s.primary, s.enter, s.first, s.fields = nil, nil, nil, nil
	s.paused, s.note.Objects = nil, nil
	s.note.Hide()
	s.face = face
	if s.w.screen != screen(s) {
		return
	}
	s.w.turn()
	for _, f := range s.fields {
		if field, is := f.(*kit.Field); is && field.Error() != "" {
			s.drawn.ScrollTo(field) // with what was wrong, below it
		}
	}
}

// wipe takes what was typed out of the fields.
func (s *keyScreen) wipe() {
	for _, f := range s.fields {
		if field, is := f.(*kit.Field); is {
			field.SetText("")
		}
	}
}

// close ends everything when the page is left.
func (s *keyScreen) close() {
	s.stop()
	s.wipe()
	if s.watch != nil {
		s.watch()
	}
}

// stop ends the conversation with the key; what comes of it still is not heard.
func (s *keyScreen) stop() {
	if s.run != nil {
		s.run.cancel()
		s.run = nil
	}
}

// giveUp ends the conversation with the key before something else is wanted, such as a step back.
func (s *keyScreen) giveUp() {
	if s.run != nil {
		s.stop()
		s.spend()
		s.turn(s.trouble(&app.Error{Code: app.CodeKeyCancelled}))
	}
}

// onKeys goes by what is plugged in: a key that was not tried yet is used as soon as it has said what it is.
func (s *keyScreen) onKeys(here []app.KeyInfo) {
	s.here = here
	if s.held {
		s.held = false
		s.spend()
	}
	if s.run != nil || s.sent || s.w.task != nil {
		return
	}
	var trouble *app.Error
	asked := false
	for _, k := range here {
		switch {
		case s.spent[k.ID]:
		case k.Ready:
			s.begin()
			return
		case k.Trouble != nil:
			trouble = k.Trouble
		default:
			asked = true
		}
	}
	switch {
	case asked:
		s.fresh = true
		s.turn(s.working)
	case trouble != nil:
		s.fresh = true
		s.turn(s.trouble(trouble))
	case s.fresh:
		s.fresh = false
		s.turn(s.plugIn)
	}
}

// begin has the plugged-in key used.
func (s *keyScreen) begin() {
	ctx, cancel := context.WithCancel(context.Background())
	r := &keyRun{screen: s, cancel: cancel}
	s.run, s.fresh = r, false
	s.spend()
	s.turn(s.working)
	keys, step := s.w.o.Keys, s.step
	s.w.o.Run.Follow(func(tell func(func())) {
		r.tell = tell
		answer, err := keys.Run(ctx, step, r)
		r.show(func() {
			s.stop()
			s.ended(answer, err)
		})
	})
}

// spend keeps the keys that are there from beginning again by themselves.
func (s *keyScreen) spend() {
	s.spent = map[app.KeyID]bool{}
	for _, k := range s.here {
		s.spent[k.ID] = true
	}
}

// ended takes what the key made, or says why there is nothing.
func (s *keyScreen) ended(answer app.KeyAnswer, err error) {
	e := s.w.asError(err)
	switch {
	case e == nil && s.step.Create != nil:
		s.w.show(newKeyName(s.talk, answer))
	case e == nil:
		s.sent = true
		s.turn(s.answered)
		s.talk.submit(app.GiveKey{Answer: answer})
	case e.Code == app.CodeKeyGone || e.Code == app.CodeKeyMissing:
		s.turn(s.plugInAfter(e))
		s.onKeys(s.here) // another may have been plugged in meanwhile
	default:
		s.spend()
		s.turn(s.trouble(e))
	}
}

// failed shows why the answer was refused. One whose fate is not known can be sent again as it is; after any other
// refusal the key is asked anew, by what the step wants now.
func (s *keyScreen) failed(e *app.Error) {
	s.sent = false
	if step, is := s.talk.flow.Now.(app.UseKey); is {
		s.step = step
	}
	s.spend()
	if _, is := keyTroubles[e.Code]; is {
		s.turn(s.trouble(e))
	} else {
		s.turn(s.refused(e))
		s.warn(e)
	}
	if e.TriesLeft > 0 {
		s.note.Add(kit.NewText(words.Plural("key.tries", e.TriesLeft), kit.Small))
		s.note.Show()
		s.redraw()
	}
}

// again is what "Try again" does.
func (s *keyScreen) again() {
	switch {
	case s.w.task != nil:
	case len(s.here) > 0:
		s.begin()
	default:
		s.spent = nil
		s.turn(s.plugIn)
	}
}
