package step

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// callPage shows the two digits to type on the telephone, and goes on by itself once that is done.
type callPage struct {
	*shell.PageBase
	flow    *flow
	valid   *kit.Text
	resend  *kit.Button
	spinner *kit.Spinner
	waiting *fyne.Container
	told    *told
	watch   *watch
	lost    bool // the page says that a reading failed
}

func newCall(f *flow) *callPage {
	s := &callPage{PageBase: newStepPage(f), flow: f, told: newTold(f, app.KindVoice),
		valid:   kit.NewText("", kit.Muted),
		resend:  kit.NewButton("call.resend", words.Text("code.call_again"), kit.Link, func() { f.submit(app.Resend{}) }),
		spinner: kit.NewSpinner(),
	}
	s.told.quiet = true
	s.waiting = kit.NewLine(12, s.spinner, kit.NewText(words.Text("call.waiting"), kit.Muted))
	s.watch = newWatch(f, s.askAfter, s.onHeard)
	s.watch.lost = s.onLost
	s.Tick = s.onTick
	s.Leave = func() {
		s.watch.leave()
		s.spinner.Stop()
	}
	return s
}

// Build implements shell.Page.
func (s *callPage) Build() kit.PageSpec {
	step := s.step()
	heading, lead := words.Text("call.heading"), s.lead(step)
	body := []fyne.CanvasObject{
		kit.NewCard(kit.NewText(step.Digits, kit.Heading)),
		s.told.place,
		s.waiting,
		kit.NewLine(8, s.valid, s.resend),
		kit.NewText(words.Text("call.hint"), kit.Small),
	}
	if step.Over {
		heading, lead, body = words.Text("call.over"), words.Text("call.over_lead"), []fyne.CanvasObject{kit.NewLine(0, s.resend)}
	} else {
		s.spinner.Start()
		s.tell(step)
	}
	return kit.PageSpec{
		Heading: heading, Lead: lead, Body: body, Back: s.flow.exits(), Secondary: s.flow.another(),
	}
}

// lead says whom the call is for; what becomes of it stands below where that is told.
func (s *callPage) lead(step app.ConfirmOnPhone) string {
	to := words.Values{"to": step.Masked}
	switch told := step.Delivery != ""; {
	case told && step.Masked != "":
		return words.Text("code.lead.goes_call", to)
	case told:
		return ""
	case step.Masked != "":
		return words.Text("code.lead.called", to)
	}
	return words.Text("code.lead.called_hidden")
}

// step is the step as it stands.
func (s *callPage) step() app.ConfirmOnPhone {
	step, _ := s.flow.Now.(app.ConfirmOnPhone)
	return step
}

func (s *callPage) onTick() {
	step, now := s.step(), s.Window.Clock()
	if left := s.flow.local(step.Expires).Sub(now); left > 0 {
		s.valid.SetText(words.Text("code.valid", words.Values{"left": words.Countdown(left)}))
	} else {
		s.valid.SetText(words.Text("call.expired"))
		s.spinner.Stop()
	}
	if opens := s.flow.local(step.ResendAt); now.Before(opens) {
		s.resend.SetText(words.Text("code.call_again_in", words.Values{"when": words.Until(now, opens)}))
		s.resend.Disable()
	} else {
		s.resend.SetText(words.Text("code.call_again"))
		s.resend.Enable()
	}
	s.watch.tick(now)
}

// askAfter is after how long the flow is read again. A call that is over changes nothing any more.
func (s *callPage) askAfter() time.Duration {
	if s.step().Over {
		return 0
	}
	return askEvery
}

// onHeard says what became of the call, and that the server is there again.
func (s *callPage) onHeard() {
	if s.lost {
		s.lost = false
		s.Quiet()
	}
	s.tell(s.step())
}

// tell says what became of the call. One that did not get through is waited for no more.
func (s *callPage) tell(step app.ConfirmOnPhone) {
	if !s.told.show(step.Delivery, step.Handed) {
		return
	}
	if step.Delivery.Failed() {
		s.spinner.Stop()
		s.waiting.Hide()
	}
	s.Refresh()
}

// onLost says that a reading failed.
func (s *callPage) onLost(e *app.Error) {
	s.lost = true
	s.Say(kit.NewNote(kit.NoteWarning, s.Window.Refusal(e)))
}
