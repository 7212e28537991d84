package step

import (
	"context"
	"slices"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// keyPage has a security key used: it waits for a key to be plugged in, has the driver run it (keyRun), and sends
// what the key made.
type keyPage struct {
	*shell.PageBase
	flow  *flow
	step  app.UseKey
	watch context.CancelFunc
	here  []app.KeyInfo // what is plugged in
	run   *keyRun       // of the driver, under way; nil for none
	sent  bool          // the answer is on its way
	stage keyStage
	// tried are the keys that don't begin a run by themselves, since one with them has failed.
	tried map[app.KeyID]bool
	// about are the keys that the stage speaks of: when none of them is there any more, the page waits for one.
	about     map[app.KeyID]bool
	hereTried bool // what is plugged in when the page opens was tried before it opened
}

// keyStage draws the page at one moment of a run.
type keyStage func() kit.PageSpec

func newKey(f *flow, step app.UseKey) *keyPage {
	s := &keyPage{PageBase: newStepPage(f), flow: f, step: step}
	s.stage, s.Leave, s.BeforeAsk = s.plugIn, s.close, s.giveUp
	if !f.usable(app.KindSecurityKey) {
		s.stage = s.unsupported
		return s
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.watch = cancel
	keys := f.o.Keys
	f.w.Run.Follow(func(tell func(func())) {
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

// Build implements shell.Page.
func (s *keyPage) Build() kit.PageSpec {
	spec := s.stage()
	spec.Back = s.flow.exits()
	if s.flow.usable(app.KindSecurityKey) {
		spec.Secondary = s.flow.another()
	}
	return spec
}

// showStage shows another stage. What was typed into the one before is gone.
func (s *keyPage) showStage(stage keyStage) {
	s.wipe()
	s.Reset()
	s.stage = stage
	if s.Window.Shown() != shell.Page(s) {
		return
	}
	s.Window.Redraw()
	for _, f := range s.Fields {
		if field, is := f.(*kit.Field); is && field.Error() != "" {
			s.ScrollTo(field) // with what was wrong, below it
		}
	}
}

// wipe takes what was typed out of the fields.
func (s *keyPage) wipe() {
	for _, f := range s.Fields {
		if field, is := f.(*kit.Field); is {
			field.SetText("")
		}
	}
}

// close ends everything when the page is left.
func (s *keyPage) close() {
	s.stop()
	s.wipe()
	if s.watch != nil {
		s.watch()
	}
}

// stop ends the run; what still comes of it is not heard.
func (s *keyPage) stop() {
	if s.run != nil {
		s.run.cancel()
		s.run = nil
	}
}

// giveUp ends the run before something else is wanted, such as a step back.
func (s *keyPage) giveUp() {
	if s.run != nil {
		s.stop()
		s.showTrouble(&app.Error{Code: app.CodeKeyCancelled})
	}
}

// onKeys goes by what is plugged in: a key that was not tried yet is used as soon as it has said what it is.
func (s *keyPage) onKeys(here []app.KeyInfo) {
	s.here = here
	if s.hereTried {
		s.hereTried = false
		s.markTried()
		if s.about != nil {
			s.about = s.tried
		}
	}
	if s.run != nil || s.sent || s.Window.Busy() {
		return
	}
	var trouble *app.Error
	asked, untried := false, map[app.KeyID]bool{}
	for _, k := range here {
		untried[k.ID] = !s.tried[k.ID]
		switch {
		case s.tried[k.ID]:
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
		s.about = untried
		s.showStage(s.working)
	case trouble != nil:
		s.about = untried
		s.showStage(s.trouble(trouble))
	case s.about != nil && !slices.ContainsFunc(here, func(k app.KeyInfo) bool { return s.about[k.ID] }):
		s.about = nil
		s.showStage(s.plugIn)
	}
}

// showTrouble says what went wrong with the keys that are plugged in.
func (s *keyPage) showTrouble(e *app.Error) {
	s.markTried()
	s.about = s.tried
	s.showStage(s.trouble(e))
}

// begin has the plugged-in key used.
func (s *keyPage) begin() {
	ctx, cancel := context.WithCancel(context.Background())
	r := &keyRun{page: s, cancel: cancel}
	s.run, s.about = r, nil
	s.markTried()
	s.showStage(s.working)
	keys, step := s.flow.o.Keys, s.step
	s.Window.Run.Follow(func(tell func(func())) {
		r.tell = tell
		answer, err := keys.Run(ctx, step, r)
		r.show(func() {
			s.stop()
			s.ended(answer, err)
		})
	})
}

// markTried keeps the keys that are plugged in from beginning again by themselves.
func (s *keyPage) markTried() {
	s.tried = map[app.KeyID]bool{}
	for _, k := range s.here {
		s.tried[k.ID] = true
	}
}

// ended takes what the key made, or says why there is nothing.
func (s *keyPage) ended(answer app.KeyAnswer, err error) {
	e := s.Window.AsError(err)
	switch {
	case e == nil && s.step.Create != nil:
		s.Window.Show(newKeyName(s.flow, answer))
	case e == nil:
		s.sent = true
		s.showStage(s.answered)
		s.flow.submit(app.GiveKey{Answer: answer})
	case e.Code == app.CodeKeyGone || e.Code == app.CodeKeyMissing:
		s.showStage(s.plugInAfter(e))
		s.onKeys(s.here) // another may have been plugged in meanwhile
	default:
		s.showTrouble(e)
	}
}

// Failed shows why the answer was refused. An answer whose fate is not known can be sent again as it is; after any
// other refusal the key is asked anew, by what the step wants now.
func (s *keyPage) Failed(e *app.Error) {
	s.sent = false
	if step, is := s.flow.Now.(app.UseKey); is {
		s.step = step
	}
	if _, is := keyTroubles[e.Code]; is {
		s.showTrouble(e)
	} else {
		s.markTried()
		s.showStage(s.refused(e))
		s.Warn(e)
	}
	if e.TriesLeft > 0 {
		s.AddNote(kit.NewText(words.Plural("key.tries", e.TriesLeft), kit.Small))
	}
}

// again is called by "Try again".
func (s *keyPage) again() {
	switch {
	case s.Window.Busy():
	case len(s.here) > 0:
		s.begin()
	default:
		s.tried = nil
		s.showStage(s.plugIn)
	}
}
