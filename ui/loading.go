package ui

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// loadingPage stands while the window asks which organisation this is, and says so when there is no answer.
type loadingPage struct {
	*shell.PageBase
	door    *door
	heading string
}

func newLoading(d *door) *loadingPage {
	return &loadingPage{shell.NewPageBase(d.w, "loading"), d, "loading.heading"}
}

// Build implements shell.Page.
func (s *loadingPage) Build() kit.PageSpec {
	p := kit.PageSpec{Heading: words.Text(s.heading), Lead: words.Text("loading.lead")}
	if s.door.o.Connect != nil {
		p.Back = kit.NewButton("page.connect", words.Text("button.connect_elsewhere"), kit.Link, func() { s.Window.Go(shell.Route{Place: shell.PlaceConnect}) })
	}
	return p
}

// Failed says that there was no answer, in the heading too.
func (s *loadingPage) Failed(e *app.Error) {
	s.Window.Show(&loadingPage{shell.NewPageBase(s.Window, "loading"), s.door, "loading.failed"})
	s.Window.Warn(e)
}
