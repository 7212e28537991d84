package shell

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// Rail holds the parts of the rail that a visit draws; nil for none.
type Rail struct {
	Middle fyne.CanvasObject // how far the person is, or where they may go
	Foot   fyne.CanvasObject // in place of the help desk
	Last   fyne.CanvasObject // at the very bottom
}

// rail stands beside the page: the organisation, what the visit shows, the signed-in person, and where help is.
func (w *Window) rail() kit.RailSpec {
	logo, name := w.Title()
	var visit Rail
	if w.visit != nil {
		visit = w.visit.Rail()
	}
	return kit.RailSpec{Logo: logo, Name: name, Middle: visit.Middle, Foot: w.railFoot(visit)}
}

// Title is whose window this is.
func (w *Window) Title() (logo fyne.CanvasObject, name string) {
	name = cmp.Or(w.Org.Name, words.Text("app.name"))
	if len(w.Org.Logo) > 0 {
		return kit.NewLogo(w.Org.Logo), name
	}
	return kit.NewMonogram(name), name
}

// railFoot names the signed-in person, and where help is unless the visit has a foot of its own, or the page says it.
func (w *Window) railFoot(visit Rail) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	if w.Session.ID != "" {
		parts = append(parts,
			kit.NewLine(8, kit.NewText(words.Text("rail.signed_in", words.Values{"name": w.Session.Person.Name}), kit.Small),
				kit.NewButton("rail.sign_out", words.Text("button.sign_out"), kit.Link, w.SignOut)))
	}
	w.railHelp = nil
	switch {
	case visit.Foot != nil:
		parts = append(parts, visit.Foot)
	case w.Org.HelpDesk.Name != "":
		w.railHelp = kit.NewLine(12, kit.NewMark(kit.IconHelp, 18, kit.ColorMuted), w.helpLines())
		parts = append(parts, w.railHelp)
	}
	if visit.Last != nil && len(parts) > 0 {
		parts[len(parts)-1] = kit.NewBeside(24, 8, parts[len(parts)-1], visit.Last)
	} else if visit.Last != nil {
		parts = append(parts, visit.Last)
	}
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0] // whose place is nobody's while it is hidden
	}
	return kit.NewColumn(8, parts...)
}

// SignOut goes home and ends the session, whatever the server says. Who goes on meanwhile does not keep it alive.
func (w *Window) SignOut() {
	sessions := w.Services.Sessions
	w.Session = app.Session{}
	w.Home()
	w.Wait("wait.other", func(ctx context.Context) func() {
		_ = sessions.Close(context.WithoutCancel(ctx))
		return nil
	})
}
