package tray

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// givenPage shows the pass that the trial gave to a sample person, once.
type givenPage struct {
	*shell.PageBase
	pass   app.Pass
	copied *kit.Text
	until  *kit.Text
}

func newGiven(w *shell.Window, pass app.Pass) *givenPage {
	s := &givenPage{PageBase: shell.NewPageBase(w, "given"), pass: pass, copied: kit.NewText("", kit.Small), until: kit.NewText("", kit.Small)}
	s.Escape = func() { w.Go(shell.Route{Place: shell.PlaceTry}) }
	s.Tick = func() {
		s.until.SetText(words.Text("given.until", words.Values{"left": words.Countdown(pass.Expires.Sub(w.Clock()))}))
	}
	s.Leave = func() { s.pass.Code.Wipe() }
	s.SetNext(words.Text("given.button"), func() {
		w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeSignIn, UserID: pass.Person.UserID, Pass: true})
	})
	return s
}

// Build implements shell.Page.
func (s *givenPage) Build() kit.PageSpec {
	lead := "given.lead"
	if s.pass.First {
		lead = "given.lead_first"
	}
	button := kit.NewButton("given.copy", words.Text("given.copy"), kit.Link, s.onCopy)
	button.SetIcon(kit.IconCopy)
	return kit.PageSpec{
		Heading: words.Text("given.heading", words.Values{"name": s.pass.Person.Name}),
		Lead:    words.Text(lead),
		Body: []fyne.CanvasObject{kit.NewCard(kit.NewColumn(4,
			kit.NewText(words.Text("given.once"), kit.SmallStrong),
			kit.NewText(s.pass.Shown().Reveal(), kit.Heading),
			kit.NewLine(0, button),
			s.copied,
			s.until,
		))},
		Back: kit.NewButton("page.people", words.Text("banner.try"), kit.Link, s.Escape),
	}
}

func (s *givenPage) onCopy() {
	s.Window.Clipboard().SetContent(s.pass.Shown().Reveal())
	s.copied.SetText(words.Text("given.copied"))
}

// give is the button that gives a sample person a pass; nothing where a pass leads nowhere new.
func (s *peoplePage) give(sample Sample) fyne.CanvasObject {
	if s.trial.Pass == nil || sample.State != "new" && sample.State != "never" && sample.State != "ready" {
		return nil
	}
	return kit.NewButton("try."+sample.State+".pass", words.Text("try.pass"), kit.Link, func() {
		w, issue := s.Window, s.trial.Pass
		w.WaitOnce("wait.give", func(ctx context.Context) func() {
			pass, err := issue(ctx, sample.UserID)
			return func() {
				if err != nil {
					s.Failed(w.AsError(err))
					return
				}
				w.Show(newGiven(w, pass))
			}
		})
	})
}
