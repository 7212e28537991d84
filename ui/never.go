package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// neverScreen offers the two ways for someone who never got a password.
type neverPage struct{ *PageBase }

func newNever(w *Window) *neverPage {
	s := &neverPage{NewPageBase(w, "never")}
	s.Escape = w.Home
	return s
}

func (s *neverPage) Build() kit.PageSpec {
	row := func(key string, icon kit.Icon, to Route) fyne.CanvasObject {
		spec := kit.RowSpec{Icon: icon, Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}
		return kit.NewRow(key, spec, func() { s.Window.Go(to) })
	}
	return kit.PageSpec{
		Heading: words.Text("never.heading"),
		Lead:    words.Text("never.lead"),
		Body: []fyne.CanvasObject{
			row("never.pass", kit.IconUnlock, Route{Place: PlaceFlow, Purpose: app.PurposeSignIn, Pass: true}),
			row("never.contacts", kit.IconMessage, Route{Place: PlaceFlow, Purpose: app.PurposeReset, Reason: app.ReasonNever}),
		},
		Back: kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.Window.Home),
	}
}
