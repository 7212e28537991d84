package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
)

// rail is what stands beside the page: whose this is, how far the person is, and where help is.
func (w *Window) rail() kit.RailSpec {
	name := firstOf(w.org.Name, words.Text("app.name"))
	logo := fyne.CanvasObject(kit.NewMonogram(name))
	if len(w.org.Logo) > 0 {
		logo = kit.NewLogo(w.org.Logo)
	}
	return kit.RailSpec{Logo: logo, Name: name, Middle: w.railMiddle(), Foot: w.railFoot()}
}

// railMiddle is the stepper of the flow at hand; while one looks after one's account, its places.
func (w *Window) railMiddle() fyne.CanvasObject {
	if w.talk != nil && (w.talk.flow.Purpose == app.PurposeManage || w.talk.flow.Purpose == app.PurposeChange) && w.session.ID != "" {
		return w.accountPlaces()
	}
	if w.talk == nil || len(w.talk.flow.Places) == 0 {
		return nil
	}
	var places []kit.StepperPlace
	for _, place := range w.talk.places() {
		places = append(places, kit.StepperPlace{Text: words.Text("place." + string(place.ID)), State: placeState(place.State)})
	}
	return kit.NewStepper(places)
}

// places are the flow's. Signing in and registering are two flows but one way to go: each shows the other's places too.
func (c *conversation) places() []app.Place {
	switch c.flow.Purpose {
	case app.PurposeRegister:
		return append([]app.Place{{ID: app.PlaceSignIn, State: app.PlaceDone}}, c.flow.Places...)
	case app.PurposeSignIn:
		if n := len(c.flow.Places); n > 1 && c.flow.Places[n-1].ID == app.PlaceVerify { // who gives a second proof has registered
			return c.flow.Places
		}
		return append(slices.Clone(c.flow.Places), app.Place{ID: app.PlaceChoose}, app.Place{ID: app.PlaceSetUp}, app.Place{ID: app.PlaceFinish})
	}
	return c.flow.Places
}

func placeState(s app.PlaceState) kit.StepState {
	switch s {
	case app.PlaceDone:
		return kit.StepDone
	case app.PlaceNow:
		return kit.StepNow
	}
	return kit.StepTodo
}

// railFoot is where help is, or what happens with what one gives while registering; and who is signed in.
func (w *Window) railFoot() fyne.CanvasObject {
	var parts []fyne.CanvasObject
	if w.session.ID != "" {
		parts = append(parts,
			kit.NewLine(8, kit.NewText(words.Text("rail.signed_in", words.Values{"name": w.session.Person.Name}), kit.Small),
				kit.NewButton("rail.sign_out", words.Text("button.sign_out"), kit.Link, w.onSignOut)))
	}
	switch {
	case w.talk != nil && (w.talk.flow.Purpose == app.PurposeRegister || w.talk.flow.Purpose == app.PurposeManage):
		parts = append(parts, kit.NewLine(12, kit.NewMark(kit.IconShield, 18, kit.ColorMuted), kit.NewText(words.Text("rail.private"), kit.Small)))
	case w.org.HelpDesk.Name != "":
		parts = append(parts, kit.NewLine(12, kit.NewMark(kit.IconHelp, 18, kit.ColorMuted), w.helpLines()))
	}
	if contact := w.contact(); contact != nil {
		parts = append(parts, contact)
	}
	if len(parts) == 0 {
		return nil
	}
	return kit.NewColumn(8, parts...)
}

// contact asks an administrator, on each page of a flow that allows it. A page that refuses has its own button for it.
func (w *Window) contact() fyne.CanvasObject {
	if w.talk == nil || !w.talk.flow.Contact {
		return nil
	}
	if _, refused := w.talk.flow.Now.(app.Blocked); refused {
		return nil
	}
	return kit.NewLine(0, kit.NewButton("page.contact", words.Text("blocked.contact"), kit.Link, func() {
		if w.talk != nil {
			w.talk.submit(app.ContactAdmin{})
		}
	}))
}

// helpLines name the help desk: its phone bold, its hours beside it.
func (w *Window) helpLines() fyne.CanvasObject {
	desk := w.org.HelpDesk
	lines := []fyne.CanvasObject{kit.NewText(words.Text("rail.help", words.Values{"name": desk.Name}), kit.Small)}
	if desk.Phone != "" {
		lines = append(lines, kit.NewText(desk.Phone, kit.SmallStrong))
	}
	if desk.Hours != "" {
		lines = append(lines, kit.NewText(desk.Hours, kit.Small))
	}
	return kit.NewColumn(0, lines...)
}

// onSignOut goes home and ends the session, whatever the server says. Who goes on meanwhile does not keep it alive.
func (w *Window) onSignOut() {
	sessions := w.services.Sessions
	w.session = app.Session{}
	w.home()
	w.wait("wait.other", func(ctx context.Context) func() {
		_ = sessions.Close(context.WithoutCancel(ctx))
		return nil
	})
}
