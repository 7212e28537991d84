package step

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// blockedPage shows a refusal that the person can't mend here, and every way out.
type blockedPage struct {
	*shell.PageBase
	flow  *flow
	step  app.Blocked
	until *kit.Text
	asked bool // whether the refusal is over by itself
}

func newBlocked(f *flow, step app.Blocked) *blockedPage {
	s := &blockedPage{PageBase: newStepPage(f), flow: f, step: step, until: kit.NewText("", kit.Strong)}
	if step.Lifts {
		s.SetPrimary("blocked.lift", words.Text("blocked.lift"), s.onLift)
	} else if f.Contact {
		s.SetPrimary("page.contact", words.Text("blocked.contact"), s.onContact)
	} else {
		s.SetPrimary("page.home", words.Text("button.home"), f.w.Home)
	}
	if !step.Until.IsZero() {
		s.Tick = s.onTick
	}
	return s
}

// Build implements shell.Page.
func (s *blockedPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text(s.title()),
		Lead:    s.Window.Refusal(&app.Error{Code: s.step.Code}),
		Body:    []fyne.CanvasObject{s.opens(), s.hint(), s.HelpCard(), shell.SupportCode(s.flow.Support)},
		Back:    s.exits(), Secondary: s.otherWay(),
	}
}

// otherWay stands beside the primary button.
func (s *blockedPage) otherWay() fyne.CanvasObject {
	if s.step.Lifts && s.flow.Contact {
		return kit.NewButton("page.contact", words.Text("blocked.contact"), kit.Secondary, s.onContact)
	}
	return s.withPass()
}

// onLift leads to a reset, by two ways from before what was objected to.
func (s *blockedPage) onLift() {
	s.Window.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset, Reason: app.ReasonForgot, UserID: s.flow.route.UserID})
}

// withPass leads a person who needs a pass, and has one, to sign in with it.
func (s *blockedPage) withPass() fyne.CanvasObject {
	if s.step.Code != app.CodePassNeeded {
		return nil
	}
	return kit.NewButton("blocked.pass", words.Text("sign_in.pass"), kit.Secondary, func() {
		s.Window.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeSignIn, UserID: s.Window.Session.Person.UserID, Pass: true})
	})
}

func (s *blockedPage) title() string {
	if key := "blocked." + string(s.step.Code) + ".title"; words.Known(key) {
		return key
	}
	return "blocked.other.title"
}

// opens says when it may be tried again.
func (s *blockedPage) opens() fyne.CanvasObject {
	if s.Tick == nil {
		return nil
	}
	return s.until
}

func (s *blockedPage) onTick() {
	now, until := s.Window.Clock(), s.flow.local(s.step.Until)
	s.until.SetText(words.Text("blocked.until", words.Values{"when": words.Until(now, until)}))
	if s.step.Code == app.CodeTooYoung && !now.Before(until) && !s.asked && !s.Window.Busy() {
		s.asked = true
		s.flow.reread(func() {})
	}
}

func (s *blockedPage) hint() fyne.CanvasObject {
	switch {
	case s.step.Lifts:
		return kit.NewText(words.Text("blocked.lift_hint"), kit.Muted)
	case !s.flow.Contact:
		return nil
	}
	return kit.NewText(words.Text("blocked.contact_hint"), kit.Muted)
}

// exits stand on the left: a step back where there is one, and out, where the primary button doesn't lead out.
func (s *blockedPage) exits() fyne.CanvasObject {
	exits := kit.NewLine(8)
	if s.flow.CanBack {
		exits.Add(kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.flow.back))
	}
	if s.flow.Contact {
		exits.Add(kit.NewButton("page.home", words.Text("button.cancel"), kit.Link, s.Window.Home))
	}
	if len(exits.Objects) == 0 {
		return nil
	}
	return exits
}

func (s *blockedPage) onContact() { s.flow.submit(app.ContactAdmin{}) }

// endedPage says that the flow is no more, and offers to start again.
type endedPage struct {
	*shell.PageBase
	route shell.Route
	e     *app.Error
}

func newEnded(w *shell.Window, r shell.Route, e *app.Error) *endedPage {
	s := &endedPage{PageBase: shell.NewPageBase(w, "ended"), route: r, e: e}
	s.Escape = w.Home
	s.SetNext(words.Text("button.start_again"), func() { w.Go(r) })
	return s
}

// Build implements shell.Page.
func (s *endedPage) Build() kit.PageSpec {
	heading := "ended.heading_over"
	if s.e.Code == app.CodeExpired {
		heading = "ended.heading"
	}
	return kit.PageSpec{
		Heading: words.Text(heading),
		Lead:    s.Window.Refusal(s.e),
		Body:    []fyne.CanvasObject{shell.SupportCode(s.e.Support)},
		Back:    kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.Window.Home),
	}
}

// confirmingPage stands while it is not known whether the directory took the password.
type confirmingPage struct {
	*shell.PageBase
	flow  *flow
	step  app.Confirming
	since *kit.Text
}

func newConfirming(f *flow, step app.Confirming) *confirmingPage {
	s := &confirmingPage{PageBase: shell.NewPageBase(f.w, "confirming"), flow: f, step: step, since: kit.NewText("", kit.Small)}
	s.SetNext(words.Text("confirming.button"), s.onCheck)
	s.Tick = s.onTick
	return s
}

// Build implements shell.Page.
func (s *confirmingPage) Build() kit.PageSpec {
	return kit.PageSpec{
		Heading: words.Text("confirming.heading"),
		Lead:    words.Text("confirming.lead"),
		Body: []fyne.CanvasObject{
			kit.NewNote(kit.NoteWarning, words.Text("confirming.note")), s.since, s.HelpCard(), shell.SupportCode(s.flow.Support),
		},
		Back: s.flow.exits(),
	}
}

func (s *confirmingPage) onTick() {
	s.since.SetText(words.Text("confirming.since", words.Values{"when": words.Span(s.Window.Clock().Sub(s.flow.local(s.step.Since)))}))
}

func (s *confirmingPage) onCheck() { s.flow.submit(app.CheckAgain{}) }
