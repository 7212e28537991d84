package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// passScreen takes the user ID and a pass, in place of the password.
type passScreen struct {
	*sheet
	talk   *conversation
	userID *kit.Field
	pass   *kit.Field
}

func newPass(c *conversation, step app.EnterSignIn) *passScreen {
	s := &passScreen{sheet: newStepSheet(c), talk: c,
		userID: kit.NewField("pass.user_id", words.Text("sign_in.user_id")),
		pass:   kit.NewField("pass.field", words.Text("pass.label")),
	}
	s.userID.SetText(firstOf(step.UserID, c.route.UserID))
	s.userID.SetPlaceholder(words.Text("sign_in.user_id_hint"))
	s.pass.SetPlaceholder(words.Text("pass.hint"))
	s.fields = map[string]errorField{"user_id": s.userID, "pass": s.pass}
	for _, field := range []*kit.Field{s.userID, s.pass} {
		field.OnChanged = func(string) { field.SetError("") }
		field.OnSubmitted = func(string) { s.onNext() }
	}
	s.first = s.userID.Entry()
	if s.userID.Text() != "" {
		s.first = s.pass.Entry()
	}
	s.leave = func() { s.pass.SetText("") }
	s.next(words.Text("sign_in.button"), s.onNext)
	return s
}

func (s *passScreen) build() fyne.CanvasObject {
	return s.page(kit.PageSpec{
		Heading: words.Text("pass.heading"),
		Lead:    words.Text("pass.lead"),
		Body:    []fyne.CanvasObject{s.userID, s.pass},
		Back:    s.talk.ways(),
		Secondary: kit.NewButton("pass.password", words.Text("pass.password"), kit.Secondary, func() {
			s.talk.signInBy(false, s.userID.Text())
		}),
	})
}

func (s *passScreen) onNext() {
	if why := userIDProblem(s.userID.Text(), "sign_in.user_id_empty"); why != "" {
		s.refuse(s.userID, why)
		return
	}
	typed := app.NewSecret(s.pass.Text())
	if strings.TrimSpace(s.pass.Text()) == "" {
		s.refuse(s.pass, words.Text("pass.empty"))
		return
	}
	if _, err := app.ReadPass(typed); err != nil {
		s.refuse(s.pass, words.Text("error."+string(app.CodeBadPass)))
		return
	}
	s.talk.submit(app.SignInWithPass{UserID: strings.TrimSpace(s.userID.Text()), Pass: typed})
}

// signInBy switches between the password and the pass; the user ID stays.
func (c *conversation) signInBy(pass bool, userID string) {
	c.route.Pass, c.route.UserID = pass, userID
	c.w.show(c.page())
}

// signInPage is the one that the person chose.
func (c *conversation) signInPage(step app.EnterSignIn) screen {
	if c.route.Pass && step.Pass {
		return newPass(c, step)
	}
	return newSignIn(c, step)
}

// neverScreen offers the two ways for someone who never got a password.
type neverScreen struct{ *sheet }

func newNever(w *Window) *neverScreen {
	s := &neverScreen{newSheet(w, "never")}
	s.escape = w.home
	return s
}

func (s *neverScreen) build() fyne.CanvasObject {
	row := func(key string, icon kit.Icon, to Route) fyne.CanvasObject {
		spec := kit.RowSpec{Icon: icon, Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}
		return kit.NewRow(key, spec, func() { s.w.Go(to) })
	}
	return s.page(kit.PageSpec{
		Heading: words.Text("never.heading"),
		Lead:    words.Text("never.lead"),
		Body: []fyne.CanvasObject{
			row("never.pass", kit.IconUnlock, Route{Place: PlaceFlow, Purpose: app.PurposeSignIn, Pass: true}),
			row("never.contacts", kit.IconMessage, Route{Place: PlaceFlow, Purpose: app.PurposeReset, Reason: app.ReasonNever}),
		},
		Back: kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.w.home),
	})
}

// givenScreen shows the pass that the trial gave to a sample person, once.
type givenScreen struct {
	*sheet
	pass   app.Pass
	copied *kit.Text
	until  *kit.Text
}

func newGiven(w *Window, pass app.Pass) *givenScreen {
	s := &givenScreen{sheet: newSheet(w, "given"), pass: pass, copied: kit.NewText("", kit.Small), until: kit.NewText("", kit.Small)}
	s.escape = func() { w.Go(Route{Place: PlaceTry}) }
	s.tick = func() {
		s.until.SetText(words.Text("given.until", words.Values{"left": words.Countdown(pass.Expires.Sub(w.o.Clock()))}))
	}
	s.leave = func() { s.pass.Code.Wipe() }
	s.next(words.Text("given.button"), func() {
		w.Go(Route{Place: PlaceFlow, Purpose: app.PurposeSignIn, UserID: pass.Person.UserID, Pass: true})
	})
	return s
}

func (s *givenScreen) build() fyne.CanvasObject {
	lead := "given.lead"
	if s.pass.First {
		lead = "given.lead_first"
	}
	button := kit.NewButton("given.copy", words.Text("given.copy"), kit.Link, s.onCopy)
	button.SetIcon(kit.IconCopy)
	return s.page(kit.PageSpec{
		Heading: words.Text("given.heading", words.Values{"name": s.pass.Person.Name}),
		Lead:    words.Text(lead),
		Body: []fyne.CanvasObject{kit.NewCard(kit.NewColumn(4,
			kit.NewText(words.Text("given.once"), kit.SmallStrong),
			kit.NewText(s.pass.Shown().Reveal(), kit.Heading),
			kit.NewLine(0, button),
			s.copied,
			s.until,
		))},
		Back: kit.NewButton("page.people", words.Text("banner.try"), kit.Link, s.escape),
	})
}

func (s *givenScreen) onCopy() {
	s.w.app.Clipboard().SetContent(s.pass.Shown().Reveal())
	s.copied.SetText(words.Text("given.copied"))
}

// give is the button that gives a sample person a pass; nothing where a pass leads nowhere new.
func (s *tryScreen) give(sample Sample) fyne.CanvasObject {
	if s.w.trial.Pass == nil || sample.State != "new" && sample.State != "never" && sample.State != "ready" {
		return nil
	}
	return kit.NewButton("try."+sample.State+".pass", words.Text("try.pass"), kit.Link, func() {
		w, issue := s.w, s.w.trial.Pass
		w.wait("wait.give", func(ctx context.Context) func() {
			pass, err := issue(ctx, sample.UserID)
			return func() {
				if err != nil {
					s.failed(w.asError(err))
					return
				}
				w.show(newGiven(w, pass))
			}
		})
	})
}
