package keycare

import (
	"context"
	"runtime"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/app/typed"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/keyparts"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// resetPage says what a factory reset takes away, and wants a word typed before it begins.
type resetPage struct {
	*shell.PageBase
	care *keyCare
	word *kit.Field
}

func newReset(c *keyCare) *resetPage {
	s := &resetPage{PageBase: shell.NewPageBase(c.w, "keycare_reset"), care: c,
		word: kit.NewField("keycare.reset_word", words.Text("keycare.reset_type", words.Values{"word": words.Text("keycare.reset_word")}))}
	s.word.OnChanged = func(string) { s.word.SetError("") }
	s.word.OnSubmitted = func(string) { s.onReset() }
	s.Escape = func() { c.showKey("") } // nothing has the focus: in a low window that would push the warning out of view
	s.Primary = kit.NewButton("keycare.reset_begin", words.Text("keycare.reset_begin"), kit.Danger, s.onReset)
	return s
}

// Build implements shell.Page.
func (s *resetPage) Build() kit.PageSpec {
	return kit.PageSpec{
		About:   s.care.name(),
		Heading: words.Text("keycare.reset"),
		Lead:    words.Text("keycare.reset_lead"),
		Body: []fyne.CanvasObject{
			kit.NewNote(kit.NoteDanger, words.Text("keycare.reset_lost")), kit.NewText(words.Text("keycare.reset_how"), kit.Muted), s.word,
		},
		Back: kit.NewButton("page.back", words.Text("keycare.reset_keep"), kit.Link, func() { s.care.showKey("") }),
	}
}

// renew takes the request for one key alone away, once that is so.
func (s *resetPage) renew() {
	if len(s.care.keys) == 1 {
		s.Quiet()
	}
}

func (s *resetPage) onReset() {
	if typed.Fold(typed.Identifier(s.word.Text())) != typed.Fold(words.Text("keycare.reset_word")) {
		s.Refuse(s.word, words.Text("keycare.reset_word_wrong", words.Values{"word": words.Text("keycare.reset_word")}))
		return
	}
	c := s.care
	if len(c.keys) > 1 {
		s.Say(kit.NewNote(kit.NoteWarning, words.Text("keycare.reset_alone")))
		return
	}
	c.wait = newResetting(c)
	c.w.Show(c.wait)
}

// resetting waits for the key to be taken out and put back, and resets it at once then: keys allow that within seconds
// only. It must be the only one: nothing tells two keys of a model apart.
type resetting struct {
	*shell.PageBase
	care *keyCare
	key  app.KeyInfo        // as it was; its ID is the one to be taken out
	out  bool               // it was taken out
	back bool               // it was put back, and is being reset
	stop context.CancelFunc // ends the reset under way; nil for none

	picture *fyne.Container
	steps   *kit.Checklist
	now     *kit.Text
}

func newResetting(c *keyCare) *resetting {
	s := &resetting{PageBase: shell.NewPageBase(c.w, "keycare_resetting"), care: c, key: *c.key(),
		picture: kit.NewColumn(0), steps: kit.NewChecklist(), now: kit.NewText("", kit.Subheading)}
	s.Leave = func() {
		if s.stop != nil {
			s.stop()
		}
	}
	s.Escape = s.onBack
	s.guide()
	return s
}

// Build implements shell.Page.
func (s *resetting) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("keycare.resetting", words.Values{"name": keyparts.Product(s.key.Product)}),
		Lead:    words.Text("keycare.resetting_lead"),
		Body:    []fyne.CanvasObject{s.now, s.steps, s.picture},
		Back:    kit.NewButton("page.cancel", words.Text("button.cancel"), kit.Link, s.onBack),
	}
}

// onBack leaves the key as it is. Taken out or put back, it is another one for the list.
func (s *resetting) onBack() { s.care.showKeys("") }

// guide says what to do now.
func (s *resetting) guide() {
	s.steps.SetItems([]kit.Check{
		keyparts.NewCheck(words.Text("keycare.reset_out"), s.out), keyparts.NewCheck(words.Text("keycare.reset_in"), s.back), keyparts.NewCheck(words.Text("keycare.reset_touch"), false),
	})
	s.StopHint()
	advice, picture := words.Text("keycare.reset_out_now"), kit.KeyThere
	switch {
	case s.back:
		advice, picture = words.Text("keycare.reset_touch_now"), kit.KeyWaiting
		s.HintAfter(keyparts.UntouchedAfter, words.Text("keycare.touch_late"))
	case s.out:
		advice, picture = words.Text("keycare.reset_in_now"), kit.KeyAway
		s.HintAfter(keyparts.UnseenHint(runtime.GOOS))
	}
	s.now.SetText(advice)
	s.picture.Objects = keyparts.Art(picture)
	s.Refresh()
}

// onKeys hears which keys are plugged in now.
func (s *resetting) onKeys(keys []app.KeyInfo) {
	switch {
	case s.back || slices.ContainsFunc(keys, func(k app.KeyInfo) bool { return k.ID == s.key.ID }):
		return
	case len(keys) == 0:
		s.out = true
		s.Quiet()
		s.guide()
		return
	case !s.out || len(keys) > 1:
		s.Say(kit.NewNote(kit.NoteWarning, words.Text("keycare.reset_alone")))
		return
	}
	switch key := keys[0]; {
	case key.Trouble != nil:
		s.Warn(key.Trouble)
	case !key.Ready:
	case !sameModel(key, s.key):
		s.Say(kit.NewNote(kit.NoteWarning, words.Text("keycare.reset_other", words.Values{"name": keyparts.Product(s.key.Product)})))
	default:
		s.begin(key.ID)
	}
}

// sameModel reports whether b may be a, plugged in again.
func sameModel(a, b app.KeyInfo) bool {
	return a.AAGUID == b.AAGUID && a.Firmware == b.Firmware && a.Product == b.Product && a.Manufacturer == b.Manufacturer
}

// begin resets the key. The page asks for the touch before the key does: the seconds count.
func (s *resetting) begin(id app.KeyID) {
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.back = stop, true
	s.Quiet()
	s.guide()
	manager := s.care.manager
	s.Window.Run.Run(func() func() {
		err := manager.Reset(ctx, id, func(context.Context) {})
		return func() {
			if ctx.Err() == nil {
				stop()
				s.onEnd(id, err)
			}
		}
	})
}

// onEnd says that it is done, or begins again: what went wrong can only be tried with the key put back once more.
func (s *resetting) onEnd(id app.KeyID, err error) {
	c := s.care
	c.at = id
	switch {
	case err == nil:
		c.showKey(words.Text("keycare.reset_done"))
		return
	case app.CodeOf(err) == app.CodeKeyUnsupported: // nor will it the next time
		c.showKey("")
		c.w.Tell(kit.NoteWarning, words.Text("keycare.reset_unknown"))
		return
	}
	s.key.ID, s.out, s.back = id, false, false
	s.guide()
	s.onKeys(c.keys)
	s.Warn(s.Window.AsError(err))
}
