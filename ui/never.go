package ui

import (
	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// neverPage offers the two ways for a person who never got a password.
type neverPage struct{ *shell.PageBase }

func newNever(w *shell.Window) *neverPage {
	s := &neverPage{shell.NewPageBase(w, "never")}
	s.Escape = w.Home
	return s
}

// Build implements shell.Page.
func (s *neverPage) Build() kit.PageSpec {
	row := func(key string, icon kit.Icon, to shell.Route) fyne.CanvasObject {
		spec := kit.RowSpec{Icon: icon, Title: words.Text(key + ".title"), Detail: words.Text(key + ".detail")}
		return kit.NewRow(key, spec, func() { s.Window.Go(to) })
	}
	return kit.PageSpec{
		Heading: words.Text("never.heading"),
		Lead:    words.Text("never.lead"),
		Body: []fyne.CanvasObject{
			row("never.pass", kit.IconUnlock, shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeSignIn, Pass: true}),
			row("never.contacts", kit.IconMessage, shell.Route{Place: shell.PlaceFlow, Purpose: app.PurposeReset, Reason: app.ReasonNever}),
		},
		Back: kit.NewButton("page.home", words.Text("button.home"), kit.Link, s.Window.Home),
	}
}
