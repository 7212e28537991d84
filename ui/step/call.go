package step

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// askEvery is how often a page that waits for a telephone reads the flow.
const askEvery = 2 * time.Second

// callPage shows the two digits to type on the telephone, and goes on by itself once that is done.
type callPage struct {
	*shell.PageBase
	flow    *flow
	valid   *kit.Text
	resend  *kit.Button
	spinner *kit.Spinner
	ctx     context.Context // ends when the page is left
	asking  bool
	askAt   time.Time
	lost    int // how many readings failed in a row; the page says so
}

func newCall(f *flow) *callPage {
	ctx, leave := context.WithCancel(context.Background())
	s := &callPage{PageBase: newStepPage(f), flow: f, ctx: ctx, askAt: f.arrived.Add(askEvery),
		valid:   kit.NewText("", kit.Muted),
		resend:  kit.NewButton("call.resend", words.Text("code.call_again"), kit.Link, func() { f.submit(app.Resend{}) }),
		spinner: kit.NewSpinner(),
	}
	s.Tick = s.onTick
	s.Leave = func() {
		leave()
		s.spinner.Stop()
	}
	return s
}

// Build implements shell.Page.
func (s *callPage) Build() kit.PageSpec {
	step := s.step()
	heading, lead := words.Text("call.heading"), words.Text("code.lead.called_hidden")
	if step.Masked != "" {
		lead = words.Text("code.lead.called", words.Values{"to": step.Masked})
	}
	body := []fyne.CanvasObject{
		kit.NewCard(kit.NewText(step.Digits, kit.Heading)),
		kit.NewLine(12, s.spinner, kit.NewText(words.Text("call.waiting"), kit.Muted)),
		kit.NewLine(8, s.valid, s.resend),
		kit.NewText(words.Text("call.hint"), kit.Small),
	}
	if step.Over {
		heading, lead, body = words.Text("call.over"), words.Text("call.over_lead"), []fyne.CanvasObject{kit.NewLine(0, s.resend)}
	} else {
		s.spinner.Start()
	}
	return kit.PageSpec{
		Heading: heading, Lead: lead, Body: body, Back: s.flow.exits(), Secondary: s.flow.another(),
	}
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
	s.ask(now)
}

// ask reads the flow again, unless a reading is under way or the person has sent something. A call that is over changes
// nothing any more.
func (s *callPage) ask(now time.Time) {
	if s.asking || s.step().Over || s.Window.Busy() || now.Before(s.askAt) {
		return
	}
	s.asking = true
	flows, id := s.Window.Services.Flows, s.flow.ID
	s.Window.Run.Run(func() func() {
		flow, err := flows.Get(s.ctx, id)
		return func() { s.answered(flow, s.Window.AsError(err)) }
	})
}

// answered takes the flow as it was read. What the person does meanwhile comes first.
func (s *callPage) answered(flow app.Flow, e *app.Error) {
	s.asking, s.askAt = false, s.Window.Clock().Add(askEvery)
	switch {
	case s.ctx.Err() != nil || s.Window.Busy():
	case e != nil && over(e.Code):
		s.flow.received(app.Flow{}, e)
	case e != nil:
		s.askAt = s.Window.Clock().Add(max(askEvery, s.Window.UntilNextTry(s.lost)))
		s.lost++
		s.Say(kit.NewNote(kit.NoteWarning, s.Window.Refusal(e)))
	case flow.Rev > s.flow.Rev:
		s.flow.received(flow, nil)
	case s.lost > 0:
		s.lost = 0
		s.Quiet()
	}
}
