package ui

import (
	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// loadingScreen stands while nobody knows which organisation this is, and when that can't be found out.
type loadingPage struct {
	*PageBase
	door    *door
	heading string
}

func newLoading(d *door) *loadingPage {
	return &loadingPage{NewPageBase(d.w, "loading"), d, "loading.heading"}
}

func (s *loadingPage) Build() kit.PageSpec {
	p := kit.PageSpec{Heading: words.Text(s.heading), Lead: words.Text("loading.lead")}
	if s.door.o.Connect != nil {
		p.Back = kit.NewButton("page.connect", words.Text("button.connect_elsewhere"), kit.Link, func() { s.Window.Go(Route{Place: PlaceConnect}) })
	}
	return p
}

// failed says that there was no answer, in the heading too.
func (s *loadingPage) Failed(e *app.Error) {
	s.Window.Show(&loadingPage{NewPageBase(s.Window, "loading"), s.door, "loading.failed"})
	s.Window.Warn(e)
}
