package step

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/sparekey/sparekey/app"
	"github.com/sparekey/sparekey/assets/words"
	"github.com/sparekey/sparekey/ui/kit"
	"github.com/sparekey/sparekey/ui/shell"
)

// Rail implements shell.Visit: the flow's places, or those of the account, and who sees what is registered.
func (f *flow) Rail() shell.Rail {
	r := shell.Rail{Last: f.contact()}
	switch {
	case (f.Purpose == app.PurposeManage || f.Purpose == app.PurposeChange) && f.w.Session.ID != "":
		r.Middle = f.accountPlaces()
	case len(f.Places) > 0:
		r.Middle = f.stepper()
	}
	if f.Purpose == app.PurposeRegister || f.Purpose == app.PurposeManage {
		r.Foot = kit.NewLine(12, kit.NewMark(kit.IconShield, 18, kit.ColorMuted), kit.NewText(words.Text("rail.private"), kit.Small))
	}
	return r
}

// stepper shows the flow's places.
func (f *flow) stepper() fyne.CanvasObject {
	var places []kit.StepperPlace
	for _, place := range f.places() {
		places = append(places, kit.StepperPlace{Text: words.Text("place." + string(place.ID)), State: placeState(place.State)})
	}
	return kit.NewStepper(places)
}

// places are the flow's. Signing in and registering are two flows but one way to go: each shows the other's places too.
func (f *flow) places() []app.Place {
	switch f.Purpose {
	case app.PurposeRegister:
		return append([]app.Place{{ID: app.PlaceSignIn, State: app.PlaceDone}}, f.Places...)
	case app.PurposeSignIn:
		if n := len(f.Places); n > 1 && f.Places[n-1].ID == app.PlaceVerify { // a person who gives a second proof has registered
			return f.Places
		}
		return append(slices.Clone(f.Places), app.Place{ID: app.PlaceChoose}, app.Place{ID: app.PlaceSetUp}, app.Place{ID: app.PlaceFinish})
	}
	return f.Places
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

// contact asks an administrator, on each page of a flow that allows it. A page that refuses has its own button for it.
func (f *flow) contact() fyne.CanvasObject {
	if _, refused := f.Now.(app.Blocked); refused || !f.Contact {
		return nil
	}
	return kit.NewLine(0, kit.NewButton("page.contact", words.Text("blocked.contact"), kit.Link, func() {
		if f.w.Visit() == shell.Visit(f) {
			f.submit(app.ContactAdmin{})
		}
	}))
}

// accountPlaces are the places to which a signed-in person may go.
func (f *flow) accountPlaces() fyne.CanvasObject {
	place := func(key string, purpose, goes app.Purpose) *kit.RailItem {
		return kit.NewRailItem(key, words.Text(key), f.Purpose == purpose, func() {
			f.w.Go(shell.Route{Place: shell.PlaceFlow, Purpose: goes})
		})
	}
	places := []*kit.RailItem{place("rail.info", app.PurposeManage, app.PurposeManage)}
	if !f.w.Session.NoChange || f.Purpose == app.PurposeChange {
		places = append(places, place("rail.change", app.PurposeChange, app.PurposeChange))
	}
	if f.Purpose == app.PurposeManage {
		places = append(places, kit.NewRailItem("rail.everywhere", words.Text("rail.everywhere"), false, func() { f.w.Show(newEverywhere(f)) }))
	}
	if f.w.Offers(shell.PlaceKeyCare) {
		places = append(places, kit.NewRailItem("rail.keycare", words.Text("keycare.title"), false, func() { f.w.Go(shell.Route{Place: shell.PlaceKeyCare}) }))
	}
	return kit.NewRailList(places...)
}
