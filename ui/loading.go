package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// loadingPage stands while the window asks which organisation this is, and says so when there is no answer.
type loadingPage struct {
	*shell.PageBase
	door   *door
	failed bool
}

func newLoading(d *door) *loadingPage {
	s := &loadingPage{PageBase: shell.NewPageBase(d.w, "loading"), door: d}
	s.ShowHelp = true
	s.GivenUp = func() { s.Failed(&app.Error{Code: app.CodeOffline}) }
	return s
}

// Build implements shell.Page.
func (s *loadingPage) Build() kit.PageSpec {
	p := kit.PageSpec{Heading: words.Text("loading.heading"), Lead: words.Text("loading.lead")}
	if s.failed {
		p.Heading, p.Lead = words.Text("loading.failed"), words.Text("loading.failed_lead")
		if s.Window.Org.HelpDesk.Name == "" {
			p.Lead = words.Text("loading.failed_alone")
		}
		if s.door.o.Managed != "" {
			p.Body = []fyne.CanvasObject{kit.NewText(words.Text("connect.managed", words.Values{"address": s.door.o.Managed}), kit.Small)}
		}
	}
	if s.door.o.Connect != nil {
		p.Back = kit.NewButton("page.connect", words.Text("button.connect_elsewhere"), kit.Link, func() { s.Window.Go(shell.Route{Place: shell.PlaceConnect}) })
	}
	return p
}

// Failed says that there was no answer, in the heading too.
func (s *loadingPage) Failed(e *app.Error) {
	if !s.failed {
		s.failed = true
		s.Window.Redraw()
	}
	s.Warn(e)
}
