package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// askEvery is how often a page that waits for a telephone reads the flow.
const askEvery = 2 * time.Second

// callScreen shows the two digits to type on the telephone, and goes on by itself once that is done.
type callScreen struct {
	*sheet
	talk    *conversation
	valid   *kit.Text
	resend  *kit.Button
	spinner *kit.Spinner
	ctx     context.Context // ends when the page is left
	asking  bool
	askAt   time.Time
	lost    bool // the last reading failed, and the page says so
}

func newCall(c *conversation) *callScreen {
	ctx, leave := context.WithCancel(context.Background())
	s := &callScreen{sheet: newStepSheet(c), talk: c, ctx: ctx, askAt: c.arrived.Add(askEvery),
		valid:   kit.NewText("", kit.Muted),
		resend:  kit.NewButton("call.resend", words.Text("code.call_again"), kit.Link, func() { c.submit(app.Resend{}) }),
		spinner: kit.NewSpinner(),
	}
	s.tick = s.onTick
	s.leave = func() {
		leave()
		s.spinner.Stop()
	}
	return s
}

func (s *callScreen) build() fyne.CanvasObject {
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
	return s.page(kit.PageSpec{
		Heading: heading, Lead: lead, Body: body, Back: s.talk.ways(), Secondary: s.talk.another(),
	})
}

// step is the step as it stands.
func (s *callScreen) step() app.ConfirmOnPhone {
	step, _ := s.talk.flow.Now.(app.ConfirmOnPhone)
	return step
}

func (s *callScreen) onTick() {
	step, now := s.step(), s.w.o.Clock()
	if left := s.talk.local(step.Expires).Sub(now); left > 0 {
		s.valid.SetText(words.Text("code.valid", words.Values{"left": words.Countdown(left)}))
	} else {
		s.valid.SetText(words.Text("call.expired"))
		s.spinner.Stop()
	}
	if opens := s.talk.local(step.ResendAt); now.Before(opens) {
		s.resend.SetText(words.Text("code.call_again_in", words.Values{"when": words.Until(now, opens)}))
		s.resend.Disable()
	} else {
		s.resend.SetText(words.Text("code.call_again"))
		s.resend.Enable()
	}
	s.ask(now)
}

// ask reads the flow again, unless somebody is at it. A call that is over changes nothing any more.
func (s *callScreen) ask(now time.Time) {
	if s.asking || s.step().Over || s.w.task != nil || now.Before(s.askAt) {
		return
	}
	s.asking = true
	flows, id := s.w.services.Flows, s.talk.flow.ID
	s.w.o.Run.Run(func() func() {
		flow, err := flows.Get(s.ctx, id)
		return func() { s.answered(flow, s.w.asError(err)) }
	})
}

// answered takes the flow as it was read. What the person does meanwhile comes first.
func (s *callScreen) answered(flow app.Flow, e *app.Error) {
	s.asking, s.askAt = false, s.w.o.Clock().Add(askEvery)
	switch {
	case s.ctx.Err() != nil || s.w.task != nil:
	case e != nil && over(e.Code):
		s.talk.received(app.Flow{}, e)
	case e != nil:
		s.lost = true
		s.say(kit.NewNote(kit.NoteWarning, s.w.refusal(e)))
	case flow.Rev > s.talk.flow.Rev:
		s.talk.received(flow, nil)
	case s.lost:
		s.lost = false
		s.quiet()
	}
}
