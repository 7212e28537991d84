package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// blockedScreen is a refusal that the person can't mend here: what it is, and every way out.
type blockedScreen struct {
	*sheet
	talk  *conversation
	step  app.Blocked
	until *kit.Text
}

func newBlocked(c *conversation, step app.Blocked) *blockedScreen {
	s := &blockedScreen{sheet: newStepSheet(c), talk: c, step: step, until: kit.NewText("", kit.Strong)}
	if c.flow.Contact {
		s.does("page.contact", words.Text("blocked.contact"), s.onContact)
	} else {
		s.does("page.home", words.Text("button.home"), c.w.home)
	}
	if !step.Until.IsZero() {
		s.tick = s.onTick
	}
	return s
}

func (s *blockedScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text(s.title()),
		Lead:    s.w.refusal(&app.Error{Code: s.step.Code}),
		Body:    []fyne.CanvasObject{s.opens(), s.hint(), s.w.helpCard(), supportCode(s.talk.flow.Support)},
		Back:    s.way(), Secondary: s.withPass(),
	})
}

// withPass leads who needs a pass, and has one, to sign in with it.
func (s *blockedScreen) withPass() fyne.CanvasObject {
	if s.step.Code != app.CodePassNeeded {
		return nil
	}
	return kit.NewButton("blocked.pass", words.Text("sign_in.pass"), kit.Secondary, func() {
		s.w.Go(Route{Place: PlaceFlow, Purpose: app.PurposeSignIn, UserID: s.w.session.Person.UserID, Pass: true})
	})
}

func (s *blockedScreen) title() string {
	if key := "blocked." + string(s.step.Code) + ".title"; words.Known(key) {
		return key
	}
	return "blocked.other.title"
}

// opens says when it may be tried again.
func (s *blockedScreen) opens() fyne.CanvasObject {
	if s.tick == nil {
		return nil
	}
	return s.until
}

func (s *blockedScreen) onTick() {
	s.until.SetText(words.Text("blocked.until", words.Values{"when": words.Until(s.w.o.Clock(), s.talk.local(s.step.Until))}))
}

func (s *blockedScreen) hint() fyne.CanvasObject {
	if !s.talk.flow.Contact {
		return nil
	}
	return kit.NewText(words.Text("blocked.contact_hint"), kit.Muted)
}

// way is what stands on the left: a step back where there is one, and out, where the primary button doesn't lead out.
func (s *blockedScreen) way() fyne.CanvasObject {
	ways := kit.NewLine(8)
	if s.talk.flow.CanBack {
		ways.Add(kit.NewButton("page.back", words.Text("button.back"), kit.Link, s.talk.back))
	}
	if s.talk.flow.Contact {
		ways.Add(kit.NewButton("page.home", words.Text("button.cancel"), kit.Link, s.w.home))
	}
	if len(ways.Objects) == 0 {
		return nil
	}
	return ways
}

func (s *blockedScreen) onContact() { s.talk.submit(app.ContactAdmin{}) }

// helpCard shows how to reach the help desk.
func (w *Window) helpCard() fyne.CanvasObject {
	desk := w.org.HelpDesk
	if desk.Name == "" {
		return nil
	}
	words := kit.NewColumn(2, kit.NewText(desk.Name, kit.Strong))
	for _, line := range []string{desk.Phone, desk.Hours, desk.Link} {
		if line != "" {
			words.Add(kit.NewText(line, kit.Muted))
		}
	}
	return kit.NewCard(kit.NewLine(16, kit.NewMark(kit.IconHelp, 24, kit.ColorPrimary), words))
}

// supportCode is what the help desk finds the audit trail by.
func supportCode(code string) fyne.CanvasObject {
	if code == "" {
		return nil
	}
	return kit.NewText(words.Text("support.code", words.Values{"code": code}), kit.Small)
}

// endedScreen says that the flow is no more, and offers to start again.
type endedScreen struct {
	*sheet
	route Route
	e     *app.Error
}

func newEnded(w *Window, r Route, e *app.Error) *endedScreen {
	s := &endedScreen{sheet: newSheet(w, "ended"), route: r, e: e}
	s.escape = w.home
	s.next(words.Text("button.start_again"), func() { w.Go(r) })
	return s
}

func (s *endedScreen) build() fyne.CanvasObject {
	heading := "ended.heading_over"
	if s.e.Code == app.CodeExpired {
		heading = "ended.heading"
	}
	return s.page(kit.PageSpec{
		Heading: words.Text(heading),
		Lead:    s.w.refusal(s.e),
		Body:    []fyne.CanvasObject{supportCode(s.e.Support)},
		Back:    kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.w.home),
	})
}

// confirmingScreen stands while nobody knows whether the directory took the password.
type confirmingScreen struct {
	*sheet
	talk  *conversation
	step  app.Confirming
	since *kit.Text
}

func newConfirming(c *conversation, step app.Confirming) *confirmingScreen {
	s := &confirmingScreen{sheet: newSheet(c.w, "confirming"), talk: c, step: step, since: kit.NewText("", kit.Small)}
	s.next(words.Text("confirming.button"), s.onCheck)
	s.tick = s.onTick
	return s
}

func (s *confirmingScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("confirming.heading"),
		Lead:    words.Text("confirming.lead"),
		Body: []fyne.CanvasObject{
			kit.NewNote(kit.NoteWarning, words.Text("confirming.note")), s.since, s.w.helpCard(), supportCode(s.talk.flow.Support),
		},
		Back: s.talk.ways(),
	})
}

func (s *confirmingScreen) onTick() {
	s.since.SetText(words.Text("confirming.since", words.Values{"when": words.Span(s.w.o.Clock().Sub(s.talk.local(s.step.Since)))}))
}

func (s *confirmingScreen) onCheck() { s.talk.submit(app.CheckAgain{}) }
